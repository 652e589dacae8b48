/// Writes the Prometheus text format (https://prometheus.io/docs/instrumenting/exposition_formats/).
package struct MetricsText: Sendable {
    package private(set) var output = ""

    package init() {}

    package mutating func gauge(_ name: String, _ help: String, _ samples: [([(String, String)], Double)]) {
        head(name, help, kind: "gauge")
        for (labels, value) in samples { sample(name, Self.labels(labels), value) }
    }

    mutating func head(_ name: String, _ help: String, kind: String) {
        output += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
    }

    mutating func sample(_ name: String, _ labels: String, _ value: Double) {
        let number = value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
        output += labels.isEmpty ? "\(name) \(number)\n" : "\(name){\(labels)} \(number)\n"
    }

    mutating func histogram(_ name: String, _ labels: String, _ histogram: Histogram) {
        let separator = labels.isEmpty ? "" : ","
        var running = 0
        for (bound, count) in zip(histogram.bounds.map { "\($0)" } + ["+Inf"], histogram.counts) {
            running += count
            sample(name + "_bucket", labels + separator + "le=\"\(bound)\"", Double(running))
        }
        sample(name + "_sum", labels, histogram.total)
        sample(name + "_count", labels, Double(running))
    }

    static func labels(_ labels: [(String, String)]) -> String {
        labels.map { "\($0)=\"\(escape($1))\"" }.joined(separator: ",")
    }

    private static func escape(_ value: String) -> String {
        value.reduce(into: "") { escaped, character in
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.append(character)
            }
        }
    }
}
