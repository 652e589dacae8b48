extension Case {
    static let lengths: [Case] = [
        Case(
            "Content-Length", request("POST /h HTTP/1.1", "Content-Length: 5\r\n", then: "hello"),
            "POST /h [hello] open"),
        Case("Content-Length 0", request("POST /h HTTP/1.1", "Content-Length: 0\r\n"), "POST /h [] open"),
        Case("POST without a length has no body", request("POST /h HTTP/1.1"), "POST /h [] open"),
        Case(
            "leading zeros", request("POST /h HTTP/1.1", "Content-Length: 0005\r\n", then: "hello"),
            "POST /h [hello] open"),
        Case(
            "length in any case", request("POST /h HTTP/1.1", "cOnTeNt-lEnGtH: 5\r\n", then: "hello"),
            "POST /h [hello] open"),
        Case(
            "white space around a length", request("POST /h HTTP/1.1", "Content-Length: \t5\t \r\n", then: "hello"),
            "POST /h [hello] open"),
        Case(
            "GET with a body", request("GET /h HTTP/1.1", "Content-Length: 5\r\n", then: "hello"), "GET /h [hello] open"
        ),
        Case(
            "a body of all kinds of bytes",
            request("POST /h HTTP/1.1", "Content-Length: 6\r\n", then: "\0\r\n\r\n\u{ff}"),
            "POST /h [\0\r\n\r\n\u{ff}] open"),
        Case(
            "length in 1.0", request("POST /h HTTP/1.0", "Content-Length: 5\r\n", then: "hello"),
            "POST /h [hello] closed"),
        Case("body one byte short", request("POST /h HTTP/1.1", "Content-Length: 6\r\n", then: "hello"), "waiting"),
        Case(
            "equal lengths twice",
            request("POST /h HTTP/1.1", "Content-Length: 5\r\nContent-Length: 5\r\n", then: "hello"), "400 closed"),
        Case(
            "different lengths",
            request("POST /h HTTP/1.1", "Content-Length: 5\r\nContent-Length: 6\r\n", then: "hello!"), "400 closed"),
        Case(
            "list of equal lengths", request("POST /h HTTP/1.1", "Content-Length: 5, 5\r\n", then: "hello"),
            "400 closed"),
        Case("empty length", request("POST /h HTTP/1.1", "Content-Length:\r\n", then: "hello"), "400 closed"),
        Case("signed length", request("POST /h HTTP/1.1", "Content-Length: +5\r\n", then: "hello"), "400 closed"),
        Case("negative length", request("POST /h HTTP/1.1", "Content-Length: -5\r\n", then: "hello"), "400 closed"),
        Case("negative zero", request("POST /h HTTP/1.1", "Content-Length: -0\r\n"), "400 closed"),
        Case("hexadecimal length", request("POST /h HTTP/1.1", "Content-Length: 0x5\r\n", then: "hello"), "400 closed"),
        Case(
            "length with a fraction", request("POST /h HTTP/1.1", "Content-Length: 5.0\r\n", then: "hello"),
            "400 closed"),
        Case(
            "length with an exponent", request("POST /h HTTP/1.1", "Content-Length: 5e0\r\n", then: "hello"),
            "400 closed"),
        Case(
            "length with an underscore", request("POST /h HTTP/1.1", "Content-Length: 1_0\r\n", then: "hellohello"),
            "400 closed"),
        Case(
            "length with a space inside", request("POST /h HTTP/1.1", "Content-Length: 1 0\r\n", then: "hellohello"),
            "400 closed"),
        Case(
            "length with letters behind", request("POST /h HTTP/1.1", "Content-Length: 5a\r\n", then: "hello"),
            "400 closed"),
        Case("quoted length", request("POST /h HTTP/1.1", "Content-Length: \"5\"\r\n", then: "hello"), "400 closed"),
        Case(
            "length in another script's digits", request("POST /h HTTP/1.1", "Content-Length: \u{b2}\r\n", then: "he"),
            "400 closed"),
        Case("length beyond the limit", request("POST /h HTTP/1.1", "Content-Length: 1025\r\n"), "413 closed"),
        Case(
            "length of 2^64 + 5",
            request("POST /h HTTP/1.1", "Content-Length: 18446744073709551621\r\n", then: "hello"), "413 closed"),
        Case(
            "length of 2^63", request("POST /h HTTP/1.1", "Content-Length: 9223372036854775808\r\n", then: "hello"),
            "413 closed"),
        Case(
            "length of a hundred digits",
            request("POST /h HTTP/1.1", "Content-Length: \(String(repeating: "9", count: 100))\r\n"), "413 closed"),
        Case(
            "length exactly at the limit", request("POST /h HTTP/1.1", "Content-Length: 1024\r\n", then: kibibyte),
            "POST /h [\(kibibyte)] open"),
    ]

    static let kibibyte = String(repeating: "k", count: 1024)

    static let transferCodings: [Case] = [
        Case(
            "chunked in any case", request("POST /h HTTP/1.1", "transfer-encoding: CHUNKED\r\n", then: "0\r\n\r\n"),
            "POST /h [] open"),
        Case(
            "length, then coding",
            request(
                "POST /h HTTP/1.1", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", then: "0\r\n\r\n" + next),
            "400 closed"),
        Case(
            "coding, then length",
            request(
                "POST /h HTTP/1.1", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", then: "0\r\n\r\n" + next),
            "400 closed"),
        Case(
            "length 0 with coding",
            request("POST /h HTTP/1.1", "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", then: "0\r\n\r\n"),
            "400 closed"),
        Case(
            "length with an unknown coding",
            request("POST /h HTTP/1.1", "Content-Length: 5\r\nTransfer-Encoding: x\r\n", then: "hello"), "400 closed"),
        Case(
            "coding in 1.0", request("POST /h HTTP/1.0", "Transfer-Encoding: chunked\r\n", then: "0\r\n\r\n"),
            "400 closed"),
        Case("identity", request("POST /h HTTP/1.1", "Transfer-Encoding: identity\r\n", then: "hello"), "400 closed"),
        Case("gzip", request("POST /h HTTP/1.1", "Transfer-Encoding: gzip\r\n", then: "hello"), "400 closed"),
        Case(
            "gzip below chunked",
            request("POST /h HTTP/1.1", "Transfer-Encoding: gzip, chunked\r\n", then: "0\r\n\r\n"), "501 closed"),
        Case(
            "chunked below gzip",
            request("POST /h HTTP/1.1", "Transfer-Encoding: chunked, gzip\r\n", then: "0\r\n\r\n"), "400 closed"),
        Case(
            "chunked below identity",
            request("POST /h HTTP/1.1", "Transfer-Encoding: chunked, identity\r\n", then: "0\r\n\r\n"), "400 closed"),
        Case(
            "chunked twice in a list",
            request("POST /h HTTP/1.1", "Transfer-Encoding: chunked, chunked\r\n", then: "0\r\n\r\n"), "400 closed"),
        Case(
            "chunked twice in lines",
            request(
                "POST /h HTTP/1.1", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", then: "0\r\n\r\n"),
            "400 closed"),
        Case(
            "chunked, then identity in lines",
            request(
                "POST /h HTTP/1.1", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", then: "0\r\n\r\n"),
            "400 closed"),
        Case("empty coding", request("POST /h HTTP/1.1", "Transfer-Encoding:\r\n", then: "0\r\n\r\n"), "400 closed"),
        Case(
            "coding of a comma", request("POST /h HTTP/1.1", "Transfer-Encoding: ,\r\n", then: "0\r\n\r\n"),
            "400 closed"),
        Case(
            "chunked behind a comma", request("POST /h HTTP/1.1", "Transfer-Encoding: ,chunked\r\n", then: "0\r\n\r\n"),
            "400 closed"),
        Case(
            "xchunked", request("POST /h HTTP/1.1", "Transfer-Encoding: xchunked\r\n", then: "0\r\n\r\n"), "400 closed"),
        Case(
            "chunkedx", request("POST /h HTTP/1.1", "Transfer-Encoding: chunkedx\r\n", then: "0\r\n\r\n"), "400 closed"),
        Case(
            "quoted chunked", request("POST /h HTTP/1.1", "Transfer-Encoding: \"chunked\"\r\n", then: "0\r\n\r\n"),
            "400 closed"),
        Case(
            "chunked with a parameter",
            request("POST /h HTTP/1.1", "Transfer-Encoding: chunked;q=1\r\n", then: "0\r\n\r\n"), "400 closed"),
        Case(
            "vertical tab before chunked",
            request("POST /h HTTP/1.1", "Transfer-Encoding: \u{b}chunked\r\n", then: "0\r\n\r\n"), "400 closed"),
        Case(
            "no-break space before chunked",
            request("POST /h HTTP/1.1", "Transfer-Encoding: \u{a0}chunked\r\n", then: "0\r\n\r\n"), "400 closed"),
        Case(
            "folded coding", request("POST /h HTTP/1.1", "Transfer-Encoding:\r\n chunked\r\n", then: "0\r\n\r\n"),
            "400 closed"),
        Case(
            "space before the colon of the coding",
            request("POST /h HTTP/1.1", "Transfer-Encoding : chunked\r\n", then: "0\r\n\r\n"), "400 closed"),
        Case(
            "transfer_encoding is another field",
            request("POST /h HTTP/1.1", "Transfer_Encoding: chunked\r\nContent-Length: 5\r\n", then: "hello"),
            "POST /h [hello] open"),
        Case(
            "after CL and TE nothing is parsed",
            request(
                "POST /h HTTP/1.1", "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", then: "0\r\n\r\nG" + next),
            "400 closed"),
    ]
}
