import ChatModel
import Dialects
import Providers
import Testing

/// Bytes that nobody meant: whatever comes, everything ends once and nothing traps.
@Suite struct DamageTests {
    /// The same numbers in every run.
    struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 31)
        }
    }

    private static func damaged(_ bytes: [UInt8], _ dice: inout Dice) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &dice) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &dice)
            switch Int.random(in: 0..<4, using: &dice) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &dice)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(Array("{}[]\",:0n\n".utf8).randomElement(using: &dice) ?? 0, at: place)
            default: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...60, using: &dice)))
            }
        }
        return bytes
    }

    @Test(arguments: ProviderStreamTests.samples)
    func damagedStreamsEndOnce(sample: ProviderStreamTests.Sample) {
        var dice = Dice(state: 7)
        let endpoint = Wire.endpoint(sample.kind, model: sample.model)
        for _ in 0..<300 {
            let bytes = Self.damaged(sample.bytes, &dice)
            let size = Int.random(in: 1...200, using: &dice)
            for dialect in ChatDialect.allCases {
                var request = ChatRequest(model: "m", messages: [])
                request.dialect = dialect
                let events = Wire.steps(endpoint, bytes, size: size, request)
                let ends = events.filter { event in
                    switch event.kind {
                    case .end, .failure: true
                    default: false
                    }
                }
                #expect(ends.count == 1 && ends.last == events.last)
                var writer = AnswerStream(for: request, as: Wire.identity, requestID: "r")
                #expect(!writer.write(events).isEmpty && writer.isOver)
            }
        }
    }

    @Test(arguments: [
        (ProviderKind.openAI, ChatDialect.chatCompletions, StreamSamples.completions),
        (.anthropic, .messages, StreamSamples.messages), (.openAI, .responses, StreamSamples.responses),
    ])
    func damagedRelaysAreCompleteOrFail(kind: ProviderKind, dialect: ChatDialect, sample: [UInt8]) {
        var dice = Dice(state: 9)
        for _ in 0..<500 {
            let bytes = Self.damaged(sample, &dice)
            let size = Int.random(in: 1...200, using: &dice)
            var stream = RelayedStream(from: Wire.endpoint(kind), dialect: dialect, stripsUsage: true)
            for start in stride(from: 0, to: bytes.count, by: size) {
                _ = stream.receive(bytes.span.extracting(start..<min(start + size, bytes.count)))
            }
            _ = stream.end()
            #expect(stream.isComplete || stream.failure != nil)
        }
    }

    @Test func damagedRequestsAreReadOrRefused() {
        var dice = Dice(state: 11)
        let requests: [(ChatDialect, String)] = [
            (.chatCompletions, Wire.question),
            (
                .messages,
                #"{"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":[{"type":"text","text":"r"}]}]}],"tools":[{"name":"f","input_schema":{}}]}"#
            ),
            (
                .responses,
                #"{"model":"m","input":[{"role":"user","content":"q"},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"r"}],"tools":[{"type":"function","name":"f"}]}"#
            ),
        ]
        for (dialect, text) in requests {
            for _ in 0..<500 {
                let bytes = Self.damaged(Array(text.utf8), &dice)
                do throws(ChatFailure) {
                    let request = try dialect.read(bytes)
                    for kind in ProviderKind.allCases {
                        do throws(Unsupported) {
                            _ = try Wire.endpoint(kind).request(for: request, now: Wire.now)
                        } catch {
                            #expect(!error.parameter.isEmpty)
                        }
                    }
                } catch {
                    #expect(error.code == .invalidRequest)
                }
            }
        }
    }
}
