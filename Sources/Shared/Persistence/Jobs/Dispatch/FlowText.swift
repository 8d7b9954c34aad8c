import Queueing
import Tenancy

/// Where a job stands in line: jobs with the same queue, tenant, kind, priority and limits share a flow.
///
/// As text it is `queue|organization|project|kind|priority|limits`, the limits with commas between them; a missing
/// organization or project is `-`.
struct FlowText: Sendable, Hashable {
    let text: String

    init(text: String) { self.text = text }

    init(_ ticket: JobTicket) {
        let organization = ticket.organizationID?.description ?? "-"
        let project = ticket.projectID?.description ?? "-"
        let limits = ticket.limits.map { Self.escape($0.text) }.joined(separator: ",")
        text =
            "\(Self.escape(ticket.queue.rawValue))|\(organization)|\(project)|\(Self.escape(ticket.kind.rawValue))"
            + "|\(ticket.priority.rawValue)|\(limits)"
    }

    /// The text of a control's subject, as flows have it.
    static func subject(_ subject: ControlSubject) -> String { escape(subject.description) }

    /// The subject of a text of ours; `nil` when it is none.
    static func subject(of text: String) -> ControlSubject? { ControlSubject(unescape(text)) }

    /// Names may hold anything, also what separates the parts.
    static func escape(_ name: String) -> String {
        guard name.utf8.contains(where: isSpecial) else { return name }
        var bytes: [UInt8] = []
        for byte in name.utf8 {
            guard isSpecial(byte) else {
                bytes.append(byte)
                continue
            }
            bytes.append(UInt8(ascii: "%"))
            bytes.append(digit(byte >> 4))
            bytes.append(digit(byte & 15))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func unescape(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        var bytes: [UInt8] = []
        var rest = Substring(text)
        while let first = rest.first {
            if first == "%", let byte = UInt8(rest.dropFirst().prefix(2), radix: 16) {
                bytes.append(byte)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(contentsOf: String(first).utf8)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "|") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "%") || byte <= 32
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}
