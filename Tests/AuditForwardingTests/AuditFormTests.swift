import FoundationEssentials
import JSON
import Records
import Tenancy
import Testing
import WireAPI

@testable import AuditForwarding

/// What receivers are sent.
@Suite struct AuditFormTests {
    private static func found(
        _ name: String = "ada@example.com", subject: String = "evaluator:1", after: String? = nil,
        outcome: AuditEntry.Outcome = .done, address: String? = "10.0.0.7"
    ) throws -> ChainedAuditEntry {
        let id = try #require(AuditEntryID("0190d6a1-0000-7000-8000-000000000001"))
        let actor = AuditEntry.Actor(
            kind: .user, id: nil, name: name, role: .engineer, address: address, requestID: "request-1")
        let entry = AuditEntry(
            id: id, organizationID: nil, createdAt: Date(timeIntervalSince1970: 1_800_000_000.25), actor: actor,
            action: "evaluator.update", subject: subject, outcome: outcome, before: nil, after: after)
        return ChainedAuditEntry(entry, at: AuditPlace(position: 7, hash: [0xAB, 0xCD]))
    }

    private static func text(_ format: AuditTarget.Format, _ found: ChainedAuditEntry) -> String {
        String(decoding: AuditForm(format, host: "host 1", version: "1.2").bytes(of: found), as: UTF8.self)
    }

    @Test func aSyslogMessageHasItsFactsAsStructuredDataAndItsLengthBefore() throws {
        let text = Self.text(.rfc5424, try Self.found(after: #"{"name": "x"}"#))
        let space = try #require(text.firstIndex(of: " "))
        let message = text[text.index(after: space)...]
        #expect(Int(text[..<space]) == message.utf8.count)
        #expect(
            message.hasPrefix("<110>1 2027-01-15T08:00:00.250000Z host_1 scorable - evaluator.update [scorable@32473 "))
        #expect(message.contains(#" position="7" hash="abcd" "#))
        #expect(message.contains(#" actor_name="ada@example.com" actor_role="engineer" address="10.0.0.7" "#))
        #expect(
            message.hasSuffix("] \u{FEFF}ada@example.com evaluator.update evaluator:1 done after {\"name\": \"x\"}"))
    }

    @Test func whatCouldEndAParameterOrAMessageCannot() throws {
        let text = Self.text(.rfc5424, try Self.found(#"a"]b\c"# + "\nx", outcome: .refused))
        #expect(text.contains(#"actor_name="a\"\]b\\c x""#))
        #expect(!text.contains("\n"))
        #expect(text.contains("<108>1 "))
    }

    @Test func aCommonEventEscapesWhatWouldEndAField() throws {
        let text = Self.text(.cef, try Self.found("a=b\\c|d", subject: "x=1\ny", outcome: .failed))
        #expect(text.contains("CEF:0|Scorable|Scorable|1.2|evaluator.update|evaluator.update failed|5|"))
        #expect(text.contains(#"suser=a\=b\\c|d "#))
        #expect(text.contains(#"cs1=x\=1\ny cs1Label=subject"#))
        #expect(text.contains("src=10.0.0.7"))
        #expect(text.contains("rt=1800000000250"))
        let modern = Self.text(.cef, try Self.found(address: "2001:db8::1"))
        #expect(modern.contains("c6a2=2001:db8::1 c6a2Label=Source IPv6 Address"))
    }

    @Test func anEntryIsALineOfJSON() throws {
        let text = Self.text(.json, try Self.found("a\nb"))
        #expect(text.hasSuffix("\n"))
        #expect(text.dropLast().contains("\n") == false)
        let read = try JSONCodec.decode(OperatorAuditEntry.self, from: String(text.dropLast()))
        #expect(read.actorName == "a\nb")
        #expect(read.position == 7)
    }

    /// What makes another character of a sign before or behind it.
    @Test(arguments: ["\u{301}", "\u{200D}", "\u{FE0F}"])
    func aMarkBehindASignHidesNoneOfIt(_ mark: String) throws {
        let syslog = Self.text(.rfc5424, try Self.found("x\"\(mark) evil=\"1\"]\(mark)\\\(mark)"))
        let data = Array(syslog.utf8)
        let expected = Array("actor_name=\"x\\\"\(mark) evil=\\\"1\\\"\\]\(mark)\\\\\(mark)\"".utf8)
        #expect(data.firstRange(of: expected) != nil, "\(syslog)")
        let event = Array(Self.text(.cef, try Self.found("x =\(mark)y\\\(mark)\n\(mark)")).utf8)
        #expect(event.firstRange(of: Array("suser=x \\=\(mark)y\\\\\(mark)\\n\(mark) ".utf8)) != nil)
    }

    @Test func aSignThatPrependsHidesNothingEither() throws {
        let syslog = Array(Self.text(.rfc5424, try Self.found("x\u{600}\" evil=\u{600}\"1")).utf8)
        #expect(syslog.firstRange(of: Array("actor_name=\"x\u{600}\\\" evil=\u{600}\\\"1\"".utf8)) != nil)
        let event = Array(Self.text(.cef, try Self.found("x\u{600}=y")).utf8)
        #expect(event.firstRange(of: Array("suser=x\u{600}\\=y ".utf8)) != nil)
    }

    @Test(arguments: [AuditTarget.Format.rfc5424, .cef])
    func aMessageIsNoLongerThanReceiversTakeAndStaysText(_ format: AuditTarget.Format) throws {
        let long = #"{"name": ""# + String(repeating: "é=€😀", count: 9000) + #""}"#
        let bytes = AuditForm(format, host: "host", version: "1").bytes(of: try Self.found(after: long))
        let space = try #require(bytes.firstIndex(of: UInt8(ascii: " ")))
        let message = bytes[(space + 1)...]
        #expect(Int(String(decoding: bytes[..<space], as: UTF8.self)) == message.count)
        #expect((8100...8192).contains(message.count))
        let text = String(decoding: message, as: UTF8.self)
        #expect(!text.contains("\u{FFFD}"))
        #expect(text.contains("evaluator.update"))
    }
}
