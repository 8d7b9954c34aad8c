/// The samples of a metrics page in Prometheus' text format, as far as we ask for them.
struct MetricsText {
    /// One line: a value with its name and labels.
    struct Sample: Hashable {
        let name: String
        let labels: [String: String]
        let value: Double
    }

    private let samples: [String: [Sample]]

    /// Reads what a page, which has a thousand lines and is read every few seconds, says of these names; lines that are none
    /// of samples are left out.
    init(_ text: String, of names: [String]) {
        let wanted = names.map { Array($0.utf8) }
        let lines = text.utf8.split(separator: UInt8(ascii: "\n")).filter { line in
            wanted.contains { name in
                guard line.starts(with: name), let next = line.dropFirst(name.count).first else { return false }
                return next == UInt8(ascii: "{") || next == UInt8(ascii: " ")
            }
        }
        samples = Dictionary(grouping: lines.compactMap { Self.sample(Substring($0)) }, by: \.name)
    }

    /// The samples of a name.
    func samples(of name: String) -> [Sample] { samples[name] ?? [] }

    /// The value of the first sample of a name.
    func value(of name: String) -> Double? { samples(of: name).first?.value }

    private static func sample(_ line: Substring) -> Sample? {
        guard let end = line.lastIndex(of: " "), let value = Double(line[line.index(after: end)...]) else { return nil }
        let head = line[..<end]
        guard let brace = head.firstIndex(of: "{") else {
            return Sample(name: String(head), labels: [:], value: value)
        }
        return Sample(
            name: String(head[..<brace]), labels: labels(head[head.index(after: brace)...]), value: value)
    }

    /// `name="value",…}`; a quote, a backslash and the end of a line are written behind a backslash.
    private static func labels(_ text: Substring) -> [String: String] {
        var labels: [String: String] = [:]
        var rest = text
        while let equals = rest.firstIndex(of: "="), rest[equals...].dropFirst().first == "\"" {
            let name = String(rest[..<equals].drop { $0 == "," || $0 == " " })
            var value = ""
            var isEscaped = false
            var index = rest.index(equals, offsetBy: 2)
            while index < rest.endIndex, isEscaped || rest[index] != "\"" {
                let character = rest[index]
                if isEscaped {
                    value.append(character == "n" ? "\n" : character)
                    isEscaped = false
                } else if character == "\\" {
                    isEscaped = true
                } else {
                    value.append(character)
                }
                index = rest.index(after: index)
            }
            labels[name] = value
            guard index < rest.endIndex else { break }
            rest = rest[rest.index(after: index)...]
        }
        return labels
    }
}
