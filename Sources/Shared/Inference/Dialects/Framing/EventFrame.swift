/// One server-sent event as bytes. What is in it is compact JSON, which has no line breaks.
enum EventFrame {
    private static let data = Array("data: ".utf8)
    private static let event = Array("event: ".utf8)

    /// An event without a name.
    static func append(_ json: [UInt8], to output: inout [UInt8]) {
        output.reserveCapacity(output.count + json.count + 8)
        output += data
        output += json
        output.append(10)
        output.append(10)
    }

    /// An event with a name.
    static func append(_ name: String, _ json: [UInt8], to output: inout [UInt8]) {
        output.reserveCapacity(output.count + json.count + name.utf8.count + 16)
        output += event
        output += name.utf8
        output.append(10)
        append(json, to: &output)
    }
}
