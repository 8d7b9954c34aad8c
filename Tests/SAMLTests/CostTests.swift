import Cryptography
import Foundation
import Glibc
import SAML
import Testing

/// What a stranger can make us do by sending something: little.
@Suite(.serialized) struct CostTests {
    /// What a processor of today needs less than; unoptimised code takes many times as long.
    #if DEBUG
        private static let seconds = 0.5
    #else
        private static let seconds = 0.05
    #endif
    /// On a slow processor all cost more: a bad message costs so many times what a good one does, at most.
    private static let timesUsual = 40.0
    private static let bytes = 10 << 20
    private static let rounds = 160

    @Test func noBadMessageCostsMuch() throws {
        let party = try Parties.party()
        // What is made once belongs to nobody's message.
        _ = try refusal(ResponseText().form(), party: party)
        let good = try ResponseText().form()
        var usual = Double.infinity
        for _ in 0..<5 {
            let start = Self.processorTime()
            _ = try refusal(good, party: party)
            usual = min(usual, Self.processorTime() - start)
        }
        let most = max(Self.seconds, usual * Self.timesUsual)
        var costs: [(name: String, seconds: Double, bytes: Int)] = []
        for message in BadMessage.all + BadMessage.encrypted + BadMessage.heavy + BadMessage.heavyAndChanged {
            let form = try message.form()
            returnFreeMemory(0)
            let before = try Memory.startPeak()
            let start = Self.processorTime()
            let found = try refusal(form, party: party)
            let seconds = Self.processorTime() - start
            let bytes = try Memory.peak() - before
            #expect(found?.reason == message.reason, "\(message.name): \(String(describing: found))")
            costs.append((message.name, seconds, bytes))
        }
        for cost in costs {
            #expect(cost.seconds < most && cost.bytes < Self.bytes, "\(cost)")
        }
        let slowest = try #require(costs.max { $0.seconds < $1.seconds })
        let largest = try #require(costs.max { $0.bytes < $1.bytes })
        Attachment.record("slowest \(slowest) of \(most) s, largest \(largest)", named: "costs.txt")
    }

    @Test func manyRoundsOnManyThreadsLeaveNothingBehind() throws {
        let party = try Parties.party()
        let good = try ResponseText().form()
        let others = try ResponseText { $0.signer.key = Parties.strangerKey }.form()
        let sealed = base64(try ResponseText().response(around: Encryption.assertion(ResponseText().signedAssertion())))
        @Sendable func round() -> Int {
            var mistakes = 0
            for (form, isGood) in [(good, true), (others, false), (sealed, true)] {
                do {
                    _ = try party.accept(form, expecting: Parties.expectation())
                    if !isGood { mistakes += 1 }
                } catch {
                    if isGood { mistakes += 1 }
                }
            }
            return mistakes
        }
        @Sendable func rounds(_ count: Int) -> Int {
            let mistakes = Mistakes()
            DispatchQueue.concurrentPerform(iterations: 8) { _ in  // ok: many threads at once are what is tested
                for _ in 0..<(count / 8) { mistakes.add(round()) }
            }
            return mistakes.count
        }
        #expect(rounds(80) == 0)
        returnFreeMemory(0)
        let before = try Memory.resident()
        #expect(rounds(Self.rounds) == 0)
        returnFreeMemory(0)
        #expect(try Memory.resident() - before < 4 << 20)
    }

    private static func processorTime() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// Counts from several threads.
private final class Mistakes: @unchecked Sendable {
    private let lock = NSLock()
    private var found = 0

    var count: Int { lock.withLock { found } }
    func add(_ more: Int) { lock.withLock { found += more } }
}

/// glibc's, which keeps what is freed for the next one who asks: what somebody costs would not be seen.
@_silgen_name("malloc_trim") @discardableResult private func returnFreeMemory(_ kept: Int) -> Int32

/// What the process has of memory.
private enum Memory {
    static func resident() throws -> Int { try value("VmRSS") }
    static func peak() throws -> Int { try value("VmHWM") }

    /// Forgets the peak so far, and returns where it begins.
    static func startPeak() throws -> Int {
        try Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
        return try resident()
    }

    private static func value(_ name: String) throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(name + ":") })
        return (Int(line.filter(\.isNumber)) ?? 0) << 10
    }
}

extension BadMessage {
    private static func stranger(_ name: String, _ content: @escaping @Sendable () -> String) -> BadMessage {
        .saying(name, .signature) {
            $0.signer.key = Parties.strangerKey
            $0.attributes = "<saml:AttributeStatement>\(content())</saml:AttributeStatement>"
        }
    }

    private static func attribute(_ name: String, _ value: String) -> String {
        "<saml:Attribute Name=\"\(name)\"><saml:AttributeValue>\(value)</saml:AttributeValue></saml:Attribute>"
    }

    /// What costs most to bring into its canonical form, said by the identity provider and changed afterwards: a stranger's
    /// words are not brought into it. It is the second of two keys that has signed.
    static let heavyAndChanged: [BadMessage] = [
        changed("namespaces at every element", form: "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"),
        changed(
            "namespaces at every element, with two signatures", form: "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
            twice: true),
        changed("namespaces to keep at every element", prefixes: 20),
        changed("namespaces to keep at every element, with two signatures", prefixes: 20, twice: true),
    ]

    private static func changed(
        _ name: String, form: String = XMLSigner().canonicalForm, prefixes: Int = 0, twice: Bool = false
    ) -> BadMessage {
        .xml(name, .signature) {
            var text = ResponseText { text in
                text.signer.canonicalForm = form
                text.signer.sign = { _ in [] }
                text.signsResponse = twice
                let depth = 20
                let open = (0..<depth).map { "<saml:a xmlns:n\($0)=\"urn:namespace:\($0)\">" }
                text.attributes +=
                    open.joined() + String(repeating: "<saml:b a=\"b\"></saml:b>", count: 650)
                    + String(repeating: "</saml:a>", count: depth)
            }
            if prefixes > 0 {
                let list = (0..<prefixes).map { "n\($0)" }.joined(separator: " ")
                text.signer.transforms = """
                    <ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform>\
                    <ds:Transform Algorithm="\(form)"><ec:InclusiveNamespaces xmlns:ec="\(form)" PrefixList="\(list)">\
                    </ec:InclusiveNamespaces></ds:Transform>
                    """
            }
            let key = Parties.nextProviderKey.privateKey
            var xml = try text.xml()
            if twice {
                // The first signature in the document is filled first.
                xml = try Handwriting.signed(xml, signing: Handwriting.response, by: key)
            } else {
                xml = try Handwriting.signed(xml, signing: Handwriting.assertion, by: key)
            }
            return xml.changing("alice@example.org</saml:NameID>", to: "root@example.org</saml:NameID>")
        }
    }

    /// As much as is let through, signed by a stranger.
    static let heavy: [BadMessage] = [
        stranger("a very long value") { attribute("a", String(repeating: "x", count: 125_000)) },
        stranger("a very long value of references") { attribute("a", String(repeating: "&amp;", count: 25_000)) },
        stranger("hundreds of attributes") { (0..<355).map { attribute("a\($0)", "b") }.joined() },
        stranger("attributes of many parts") {
            (0..<35).map { index in
                "<saml:Attribute Name=\"a\(index)\""
                    + (10..<40).map { " a\($0)=\"\(String(repeating: "x", count: 100))\"" }.joined()
                    + "></saml:Attribute>"
            }.joined()
        },
        stranger("hundreds of values that declare what they are") {
            let value = """
                <saml:AttributeValue xmlns:xs="http://www.w3.org/2001/XMLSchema" \
                xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">b</saml:AttributeValue>
                """
            return "<saml:Attribute Name=\"a\">" + String(repeating: value, count: 690) + "</saml:Attribute>"
        },
        stranger("deep within") {
            (0..<25).map { "<saml:n\($0)>" }.joined() + (0..<25).reversed().map { "</saml:n\($0)>" }.joined()
        },
        stranger("hundreds of namespaces") {
            (0..<16).map { index in
                "<n\(index):a" + (0..<25).map { " xmlns:n\(index + $0 * 100)=\"u:\($0)\"" }.joined() + "></n\(index):a>"
            }.joined()
        },
        .xml("much that is encrypted", .malformed) {
            let text = ResponseText()
            return try text.response(around: Encryption.assertion("<a>" + String(repeating: "<b>", count: 20_000)))
        },
    ]
}
