/// The known word that was most likely meant: at most one slip (a letter changed, missing, too many, or two swapped) for
/// each three letters. Nil when nothing is that near. Case does not count; of equals the first in `known` wins.
package func nearest(to word: String, in known: [String]) -> String? {
    let letters = foldedLetters(word)
    // Names of keys, flags and presets are short: a longer word is no slip of one, and the work stays bounded.
    guard (1...longestWord).contains(letters.count) else { return nil }
    var best: (word: String, slips: Int)?
    for candidate in known {
        let other = foldedLetters(candidate)
        let most = max(1, max(letters.count, other.count) / 3)
        guard abs(letters.count - other.count) <= most, other.count <= longestWord else { continue }
        let slips = editDistance(letters, other)
        if slips <= most, slips < best?.slips ?? .max { best = (candidate, slips) }
    }
    return best?.word
}

private let longestWord = 64

private func foldedLetters(_ word: String) -> [UInt8] {
    word.utf8.prefix(longestWord + 1).map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
}

/// Optimal string alignment (Damerau 1964, no piece edited twice), three rows.
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var before = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    var row = last
    for i in 0..<a.count {
        row[0] = i + 1
        for j in 0..<b.count {
            let changed = last[j] + (a[i] == b[j] ? 0 : 1)
            row[j + 1] = min(changed, last[j + 1] + 1, row[j] + 1)
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { row[j + 1] = min(row[j + 1], before[j - 1] + 1) }
        }
        (before, last, row) = (last, row, before)
    }
    return last[b.count]
}
