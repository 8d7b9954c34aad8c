import HTTPMessages
import Testing

@Suite struct ServerSentEventsTests {
    private func events(of stream: String, limit: Int = 1 << 20) throws -> [ServerSentEvent] {
        var parser = ServerSentEvents(limit: limit)
        return try parser.feed(Array(stream.utf8))
    }

    @Test func theExamplesOfTheSpecificationAreUnderstood() throws {
        #expect(
            try events(of: "data: YHOO\ndata: +2\ndata: 10\n\n") == [ServerSentEvent(text: "YHOO\n+2\n10")])
        #expect(
            try events(
                of: ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n")
                == [
                    ServerSentEvent(text: "first event", id: "1"), ServerSentEvent(text: "second event", id: ""),
                    ServerSentEvent(text: " third event"),
                ])
        // The last block is not complete.
        #expect(
            try events(of: "data\n\ndata\ndata\n\ndata:")
                == [ServerSentEvent(text: ""), ServerSentEvent(text: "\n")])
        #expect(try events(of: "data:test\n\ndata: test\n\n").map(\.text) == ["test", "test"])
    }

    @Test(arguments: ["\n", "\r", "\r\n"])
    func everyLineEndIsOne(end: String) throws {
        let lines = ["event: a", "data: 1", "", "data: 2", "data: 3", "", ""]
        #expect(
            try events(of: lines.joined(separator: end) + end)
                == [ServerSentEvent(event: "a", text: "1"), ServerSentEvent(text: "2\n3")])
    }

    @Test func aByteOrderMarkCountsOnlyAtTheStart() throws {
        #expect(try events(of: "\u{feff}data: a\n\n\u{feff}data: b\n\n") == [ServerSentEvent(text: "a")])
    }

    @Test func idAndRetryAreKept() throws {
        var parser = ServerSentEvents()
        _ = try parser.feed(Array("retry: 1500\nretry: 1x\nretry:\nid: 7\n\n".utf8))
        #expect(parser.lastEventID == "7")
        #expect(parser.retry == .milliseconds(1500))
        _ = try parser.feed(Array("id: 8\u{0}\ndata: x\n\nid: 9\ndata: y".utf8))
        // One has a NUL, the other belongs to an event that is not complete.
        #expect(parser.lastEventID == "7")
    }

    @Test func unknownFieldsAndCommentsAreNothing() throws {
        #expect(try events(of: ":c\nnonsense: 1\nDATA: no\ndata : no\ndata: yes\n:\n\n").map(\.text) == ["yes"])
        #expect(try events(of: "event: only\n\n: keep-alive\n\n").isEmpty)
    }

    @Test func theFormOfLanguageModelsIsUnderstood() throws {
        let stream = "data: {\"a\":\"b\\n\"}\n\ndata: [DONE]\n\n"
        #expect(try events(of: stream).map(\.text) == ["{\"a\":\"b\\n\"}", "[DONE]"])
    }

    @Test func anEventBeyondTheLimitIsAnError() throws {
        #expect(try events(of: "data: 1234\n\n", limit: 10).map(\.text) == ["1234"])
        #expect(throws: ServerSentEvents.TooLarge.self) { try events(of: "data: 12345\n\n", limit: 10) }
        #expect(throws: ServerSentEvents.TooLarge.self) {
            try events(of: String(repeating: "data: 12\n", count: 10), limit: 20)
        }
        #expect(throws: ServerSentEvents.TooLarge.self) {
            var parser = ServerSentEvents(limit: 1000)
            for _ in 0..<1001 { _ = try parser.feed([65]) }
        }
    }

    /// Streams made of the pieces that matter to the grammar, from a generator with a fixed seed.
    private func randomStreams(_ count: Int) -> [[UInt8]] {
        var random = SplitMix(state: 42)
        let pieces = [
            "data", "data:", "data: ", "event: e", "id: 1", "retry: 5", ":", " ", "\n", "\n", "\n\n", "\r", "\r\n",
            "\r\r\n", "x", "é", "日", "\u{feff}", "\u{0}", "[DONE]",
        ]
        return (0..<count).map { _ in
            (0..<Int.random(in: 0...40, using: &random)).flatMap { _ in
                Array(pieces[Int.random(in: 0..<pieces.count, using: &random)].utf8)
            }
        }
    }

    @Test func aStreamSplitAnywhereGivesTheSameEvents() throws {
        for stream in randomStreams(300) {
            var whole = ServerSentEvents()
            let expected = try whole.feed(stream)
            var single = ServerSentEvents()
            #expect(try stream.flatMap { byte throws in try single.feed([byte]) } == expected)
            #expect(single.lastEventID == whole.lastEventID && single.retry == whole.retry)
            for cut in stream.indices {
                var parser = ServerSentEvents()
                let first = try parser.feed(Array(stream[..<cut]))
                #expect(try first + parser.feed(Array(stream[cut...])) == expected)
            }
        }
    }

    @Test func whatIsWrittenIsRead() throws {
        for data in randomStreams(300) {
            let event = ServerSentEvent(event: "a\r\ndata: forged", data: data, id: "1\n2")
            // Every line end in the data becomes LF. By bytes, because CRLF is one character to a string.
            let lines = data.enumerated().filter { $1 != 10 || $0 == 0 || data[$0 - 1] != 13 }
                .map { $1 == 13 ? 10 : $1 }
            var parser = ServerSentEvents()
            let read = try parser.feed(
                ServerSentEvent.comment("hello\n") + ServerSentEvent.retry(after: .seconds(2)) + event.encoded())
            #expect(read == [ServerSentEvent(event: "adata: forged", data: lines, id: "12")])
            #expect(parser.retry == .seconds(2))
        }
    }
}

/// A generator of numbers that repeats itself.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
