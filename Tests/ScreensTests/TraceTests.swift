import FoundationEssentials
import Screens
import Terminal
import Testing
import WireAPI

struct TraceTests {
    @Test func pictures() throws {
        try Golden.check("traces") { .traces($0) }
        try Golden.check("traces-none") { .traces($0, rows: 0) }
        try Golden.check("trace") { .trace($0) }
        try Golden.check("trace-ascii", charset: .ascii) { .trace($0, charset: .ascii) }
        try Golden.check("trace-evaluation") { size in
            var story = Story.trace(size)
            story.press(.character("G"))
            return story
        }
        try Golden.check("trace-filters") { .traceFilters($0) }
    }

    @Test func theRoomIsReachedByItsLetter() {
        var story = Story.live()
        story.press(.character("g"), .character("t"))
        #expect(story.ask(OperatorTracePage.path) != nil)
        #expect(story.screen(TracesScreen.self) != nil)
    }

    private func conditions(_ query: String) -> String? {
        var story = Story.traces()
        story.press(.character("/"))
        story.type(query)
        story.press(Key(.enter))
        return story.ask(OperatorTracePage.path)?.request.parameters.first { $0.name == "filters" }?.value
    }

    @Test(arguments: [
        ("failed", "has_error;boolean;;=;true"), ("-failed", "has_error;boolean;;=;false"),
        ("check", "name;string;;contains;check"), ("spans>10", "span_count;number;;>;10"),
        (
            "service:shop kind:client,server",
            "resource;string;service.name;=;shop,kind;stringOptions;;any of;client|server"
        ),
        ("attr:user.tier=gold", "attribute;string;user.tier;=;gold"),
        ("input:\"two words\"", "input_preview;string;;contains;two words"),
        ("since:2026-01-31", "first_span_at;datetime;;>=;2026-01-31T00:00:00.000000Z"),
    ])
    func aFilterIsAskedInTheWordsOfTheAPI(_ query: String, _ expected: String) {
        #expect(conditions(query) == expected)
    }

    @Test(arguments: [
        (#"[{"role":"user","parts":[{"type":"text","content":"May I\n\"return\" it?"}]}]"#, #"May I "return" it?"#),
        (#"[{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why\u003f"#, "Be brief. / Why?"),
        (#"{"messages":[{"content":[{"type":"text","text":"Hello"}]}]}"#, "Hello"),
        (#"[1, 2, 3]"#, "[1, 2, 3]"), ("plain \"content\": \"text\"", "plain \"content\": \"text\""),
        (#"[{"content":"cut off \u00"#, "cut off"), (#"[{"content":null,"text":"#, #"[{"content":null,"text":"#),
    ])
    func ofMessagesTheListShowsWhatIsSaid(_ input: String, _ shown: String) {
        var story = Story.entering(.traces, Size(columns: 200, rows: 40))
        story.answer(OperatorTracePage.path, OperatorTracePage(results: [Samples.trace(0, input: input)], next: nil))
        #expect(story.shows(" \(shown) "), "\(story.picture().text)")
    }

    @Test func theWaterfallShowsWhatContainsWhatAndWhen() {
        let story = Story.trace(Size(columns: 120, rows: 40))
        #expect(story.shows("  retrieve") && story.shows("    SELECT orders"))
        #expect(story.shows("Helpful answers: evaluated") && story.shows("Every tenth: not in the sample"))
        #expect(story.shows("0.86") && story.shows("2.4s"))
    }

    @Test func theNextErrorIsGoneToAndSaysWhatIsWrong() {
        var story = Story.trace(Size(columns: 120, rows: 40))
        story.press(.character("n"))
        #expect(story.screen(TraceScreen.self)?.title == "answer a question")
        #expect(story.shows("✕ connection reset by peer") && story.shows("Event exception"))
        #expect(story.shows("exception.type  ConnectionResetError"))
    }

    @Test func foldingHidesWhatASpanContainsAndErrorsUnfoldIt() {
        var story = Story.trace(Size(columns: 120, rows: 40))
        story.press(.character("j"), Key(.enter))
        #expect(story.shows("retrieve +2") && !story.shows("SELECT orders"))
        story.press(.character("n"))
        #expect(story.shows("SELECT orders") && story.shows("connection reset by peer"))
    }

    @Test func anEvaluationLeadsToItsExecution() {
        var story = Story.trace()
        story.press(.character("o"))
        #expect(story.ask("\(OperatorExecutionPage.path)/\(Samples.uuid(0x900).uuidString.lowercased())") != nil)
    }

    @Test func anIdentifierLeadsToItsTrace() {
        var story = Story.traces()
        story.press(.character("#"))
        story.type(Samples.traceID(7).uppercased())
        story.press(Key(.enter))
        #expect(story.ask("\(OperatorTracePage.path)/\(Samples.traceID(7))") != nil)
    }

    @Test func theStatesOfAFilterAddUp() {
        let story = Story.traceFilters(Size(columns: 160, rows: 30))
        #expect(story.shows("1,007 = 101 scored + 899 left out by the sample + 0 not asked for"))
    }

    @Test func spansThatContainEachOtherInACircleAreShownOnce() {
        var story = Story.traces(Size(columns: 120, rows: 40))
        story.press(Key(.enter))
        let spans = [
            Samples.span(1, in: 2, "one", from: 0, 10), Samples.span(2, in: 1, "two", from: 1, 5),
            Samples.span(3, in: 9, "three", from: 2, 3),
        ]
        story.answer(
            "\(OperatorTracePage.path)/",
            OperatorTraceDetail(trace: Samples.trace(0), spans: spans, isCut: false, outcomes: []))
        let text = story.picture().text
        for name in ["one", "two", "three"] {
            #expect(text.count { $0.contains(" \(name) ") || $0.contains("▸\(name)") } >= 1, "\(name)")
        }
    }

    private static let keys: [Key] =
        [
            Key(.up), Key(.down), Key(.pageUp), Key(.pageDown), Key(.home), Key(.end), Key(.enter), Key(.escape),
            Key(.left), Key(.right),
        ] + "jkGs!+=nfoheyx[]#t".unicodeScalars.map { .character($0) }
    private static let sizes = [(1, 1), (40, 8), (41, 9), (80, 24), (139, 15), (140, 40), (250, 60)]

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func whateverHappensTheScreenIsSound(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var story = seed.isMultiple(of: 2) ? Story.traces() : Story.trace()
        for step in 0..<250 {
            switch Int.random(in: 0..<10, using: &generator) {
            case ..<6: story.press(Self.keys.randomElement(using: &generator) ?? Key(.up))
            case ..<7:
                let size = Self.sizes.randomElement(using: &generator) ?? (80, 24)
                story.send(.resized(Size(columns: size.0, rows: size.1)))
            case ..<9:
                if Bool.random(using: &generator) {
                    story.answer("\(OperatorTracePage.path)/", Samples.traceDetail)
                } else {
                    story.answer(OperatorTracePage.path, Samples.tracePage(Int.random(in: 0..<60, using: &generator)))
                }
            default: story.pass(.milliseconds(Int.random(in: 0..<9000, using: &generator)))
            }
            let frame = story.picture()
            #expect(frame.text.count == frame.size.rows, "seed \(seed), step \(step)")
        }
    }
}
