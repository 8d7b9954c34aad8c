import Observability
import Testing

@Suite struct TraceContextTests {
    private let identifiers = TraceIdentifiers(seed: 42)

    @Test func aFieldIsReadAndWrittenUnchanged() throws {
        let field = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let context = try #require(TraceContext(traceparent: field, tracestate: "vendor=x"))
        #expect(context.traceparent == field)
        #expect(context.traceID == "0af7651916cd43dd8448eb211c80319c")
        #expect(context.isSampled)
        #expect(context.state == "vendor=x")
    }

    @Test func aChildStaysInTheTraceAndNamesItsParent() throws {
        let parent = TraceContext(startedWith: identifiers)
        let child = parent.child(identifiers)
        #expect(child.traceID == parent.traceID)
        #expect(child.spanID != parent.spanID)
        #expect(child.parentSpanID == parent.spanID)
        #expect(try #require(TraceContext(traceparent: child.traceparent)).spanID == child.spanID)
    }

    @Test(arguments: [
        "", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
        "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333g-01",
    ])
    func malformedFieldsAreRefused(field: String) {
        #expect(TraceContext(traceparent: field) == nil)
    }

    @Test func aLaterVersionIsReadByItsFirstFourParts() {
        let field = "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00-future"
        #expect(TraceContext(traceparent: field)?.isSampled == false)
    }

    @Test func identifiersDoNotRepeat() {
        #expect(Set((0..<100_000).map { _ in identifiers.next() }).count == 100_000)
    }
}
