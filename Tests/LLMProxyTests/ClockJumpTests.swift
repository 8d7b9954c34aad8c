import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPServer
import HTTPTransfer
import JSON
import Scoring
import Spending
import Tenancy
import Testing

@testable import LLMProxy

/// Clocks on walls are set forward and back; nothing waits by them, and nobody is billed twice or never for it.
@Suite struct ClockJumpTests {
    private static let day = 86_400.0

    @Test func callsGoOnWhateverTheClockSays() async throws {
        let log = FileManager.default.temporaryDirectory.appending(path: "usage-\(UUID()).jsonl").path
        defer { try? FileManager.default.removeItem(atPath: log) }  // ok: a temporary file
        let clock = Note(Date())
        let options = ProxyRig.Options {
            $0.now = { clock.value }
            $0.usageLog = log
        }
        try await ProxyRig.run(options) { call, _, body in
            if call.isMultiple(of: 5) { return Answer.text(503, "") }
            return String(decoding: body, as: UTF8.self).contains(#""stream":true"#)
                ? Answer.pieces([Answer.chunk, Answer.last, Answer.usage, Answer.done])
                : Answer.text(200, Answer.completion)
        } _: { rig in
            let began = Moment.now
            let jumps = [0, 3600, -3600, Self.day, -365 * Self.day, 3650 * Self.day, -20 * 365 * Self.day]
            for jump in jumps {
                clock.update { $0.addTimeInterval(jump) }
                for _ in 0..<4 {
                    let answer = try await rig.ask(deadline: .seconds(10))
                    #expect(answer.status == 200, "after \(jump) s: \(answer.text)")
                    let stream = try await rig.stream(deadline: .seconds(10))
                    #expect(stream.status == 200 && stream.text.hasSuffix(Answer.done))
                }
            }
            #expect(began.duration(to: .now) < .seconds(20))
            let text = String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
            let lines = try text.split(separator: "\n").map { try JSONParser.parse(String($0)) }
            #expect(lines.count == 8 * jumps.count)
            for line in lines {
                #expect((0..<10_000_000).contains(line["duration_us"]?.integerValue ?? -1), "\(line)")
                #expect(line["cost_nanodollars"]?.integerValue == 11_000)
            }
        }
    }

    /// A provider names a moment; by a clock that is wrong it is past, or far away.
    @Test(arguments: [(-3600.0, 429, 1), (3600.0, 200, 2), (-100 * 86_400.0, 429, 1)])
    func aMomentToWaitForIsNeitherPastNorForever(jump: Double, status: Int, calls: Int) async throws {
        let moment = Date()
        let options = ProxyRig.Options { $0.now = { moment.addingTimeInterval(jump) } }
        let text = Self.httpDate(moment.addingTimeInterval(1))
        try await ProxyRig.run(options) { call, _, _ in
            call == 1 ? Answer.text(429, "", ["retry-after": text]) : Answer.text(200, Answer.completion)
        } _: { rig in
            let began = Moment.now
            let answer = try await rig.ask(deadline: .seconds(5))
            #expect(began.duration(to: .now) < .seconds(4))
            #expect(answer.status == status)
            #expect(rig.calls.count == calls)
            if let wait = answer.headers["retry-after"] { #expect((1...86_400).contains(Int(wait) ?? -1)) }
        }
    }

    @Test func aBudgetOfADayIsThatOfTheDayTheClockShows() async throws {
        let budget = Budget(
            id: BudgetID(uuid: UUID()), organizationID: GatewayFileTests.payer.organization, scope: .organization,
            period: .day, limit: Money(nanoDollars: 190_000), createdAt: Date())
        let clock = Note(Date(timeIntervalSince1970: 1_900_000_000))
        let options = ProxyRig.Options {
            $0.now = { clock.value }
            $0.budgets = [budget]
            $0.callers = .everybody(Caller(payer: GatewayFileTests.payer))
        }
        // An answer costs 11,000, and some 158,000 are set aside for it before.
        try await ProxyRig.run(options) { _, _, _ in
            Answer.text(200, Answer.completion)
        } _: { rig in
            var refusal = ""
            func spend() async throws -> Int {
                var answered = 0
                for _ in 0..<6 {
                    let body = #"{"model":"gpt","max_tokens":5,"messages":[{"role":"user","content":"hi"}]}"#
                    let answer = try await rig.post(body)
                    #expect([200, 402].contains(answer.status), "\(answer.text)")
                    if answer.status == 200 { answered += 1 } else { refusal = answer.text }
                }
                return answered
            }
            let first = try await spend()
            #expect((1..<6).contains(first), "\(refusal)")
            #expect(try await spend() == 0)
            clock.update { $0.addTimeInterval(Self.day) }
            #expect(try await spend() == first)
            clock.update { $0.addTimeInterval(-Self.day) }
            #expect(try await spend() == 0, "the old day is as it was left")
        }
    }

    private static func httpDate(_ date: Date) -> String {
        let formatter = Date.ISO8601FormatStyle(timeZone: .gmt)
        // 2026-11-25T18:00:00Z
        let parts = formatter.format(date).split { "-T:Z".contains($0) }.map(String.init)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let month = months[(Int(parts[1]) ?? 1) - 1]
        return "Mon, \(parts[2]) \(month) \(parts[0]) \(parts[3]):\(parts[4]):\(parts[5]) GMT"
    }
}
