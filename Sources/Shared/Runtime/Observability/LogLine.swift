internal import FoundationEssentials
internal import JSON
internal import Logging

/// One log event on its way to bytes.
struct LogLine {
    let event: LogEvent
    let label: String
    let metadata: Logger.Metadata
    let time: Date

    /// The line with its line break.
    func bytes(_ format: LogOutput.Format) -> [UInt8] {
        switch format {
        case .json: json
        case .text(let colours): Array(text(colours: colours).utf8)
        }
    }

    // MARK: JSON

    private static let ownKeys: Set<String> = ["time", "level", "logger", "message", "source", "error"]

    private var json: [UInt8] {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        member("time", timestamp, &writer)
        member("level", event.level.rawValue, &writer)
        member("logger", label, &writer)
        member("message", "\(event.message)", &writer)
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            writer.key(Self.ownKeys.contains(key) && !(key == "error" && event.error == nil) ? key + "_" : key)
            write(value, &writer)
        }
        if let error = event.error { member("error", "\(error)", &writer) }
        member("source", event.source, &writer)
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    private func member(_ key: String, _ value: String, _ writer: inout JSONWriter) {
        writer.key(key)
        writer.write(value)
    }

    private func write(_ value: Logger.MetadataValue, _ writer: inout JSONWriter) {
        switch value {
        case .string(let text): writer.write(text)
        case .stringConvertible(let number as any FixedWidthInteger): writer.writeRaw(Array("\(number)".utf8))
        case .stringConvertible(let number as Double): writer.write(number)
        case .stringConvertible(let flag as Bool): writer.write(flag)
        case .stringConvertible(let other): writer.write("\(other)")
        case .array(let elements):
            writer.beginArray()
            for element in elements { write(element, &writer) }
            writer.endArray()
        case .dictionary(let members):
            writer.beginObject()
            for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                writer.key(key)
                write(value, &writer)
            }
            writer.endObject()
        }
    }

    // MARK: Text

    private func text(colours: Bool) -> String {
        let (start, end) = colours ? (Self.colour(event.level), "\u{1b}[0m") : ("", "")
        let clock = timestamp.dropFirst(11).prefix(12)
        let level = event.level.rawValue.uppercased()
        var line = "\(clock) \(start)\(level)\(end)"
        line += String(repeating: " ", count: max(1, 9 - level.count))
        line += "\(label): \(Self.printable("\(event.message)"))"
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { line += "  \(key)=\(Self.quoted("\(value)"))" }
        if let error = event.error { line += "  error=\(Self.quoted("\(error)"))" }
        return line + "\n"
    }

    private static func colour(_ level: Logger.Level) -> String {
        switch level {
        case .trace, .debug: "\u{1b}[2m"
        case .info: "\u{1b}[32m"
        case .notice: "\u{1b}[36m"
        case .warning: "\u{1b}[33m"
        case .error: "\u{1b}[31m"
        case .critical: "\u{1b}[1;31m"
        }
    }

    private static func quoted(_ text: String) -> String {
        let text = printable(text)
        return text.isEmpty || text.contains(" ") ? "\"\(text)\"" : text
    }

    /// Control characters are shown, not sent: a logged text must not steer the terminal it is read on.
    private static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return String(
            text.unicodeScalars.flatMap { isControl($0) ? Array($0.escaped(asASCII: false).unicodeScalars) : [$0] }
                .map(Character.init))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value)
    }

    /// UTC with microseconds.
    private var timestamp: String { ISO8601.string(time) ?? "0000-00-00T00:00:00.000000Z" }
}
