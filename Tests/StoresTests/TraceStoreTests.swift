import FoundationEssentials
import Postgres
import Records
import Scoring
import Tenancy
import Testing

@testable import Stores

/// What the tests of traces make spans with.
extension Tenant {
    static let epoch = UnixNanoseconds(Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded() - 3600))

    func newTrace() -> TraceID { TraceID(uuid: world.identifiers.uuid()) }

    func span(
        _ trace: TraceID, _ id: UInt64, parent: UInt64? = nil, name: String = "step", kind: SpanKind = .internal,
        from start: Int64 = 0, to end: Int64 = 10, status: SpanStatus = .unset, _ attributes: [TraceAttribute] = [],
        service: String = "shop", resource: [TraceAttribute] = []
    ) -> TraceSpan {
        TraceSpan(
            traceID: trace, spanID: SpanID(id), parentID: parent.map { SpanID($0) }, name: name, kind: kind,
            start: UnixNanoseconds(Self.epoch.value + start * 1_000_000),
            end: UnixNanoseconds(Self.epoch.value + end * 1_000_000), status: status, attributes: attributes,
            origin: SpanOrigin(resource: [TraceAttribute("service.name", .string(service))] + resource))
    }

    func store(_ spans: [TraceSpan], receivedAt: Date = Date()) async throws {
        try await world.database.execute(
            TraceStore.insertion(of: [
                SpanBatch(organizationID: organization, projectID: project, spans: spans, receivedAt: receivedAt)
            ]))
    }

    var traces: TraceStore { TraceStore(database: world.database) }

    func found(_ conditions: [TraceCondition]) async throws -> [TraceID] {
        try await traces.list(conditions, in: organization, page: .firstHundred).items.map(\.id)
    }
}

@Suite struct TraceStoreTests {
    @Test func aSpanComesBackAsItWasStored() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let trace = tenant.newTrace()
            let span = TraceSpan(
                traceID: trace, spanID: SpanID(UInt64.max), parentID: SpanID(7), name: "chat “gpt”", kind: .client,
                start: UnixNanoseconds(Tenant.epoch.value + 123_456_789),
                end: UnixNanoseconds(Tenant.epoch.value + 987_654_321), status: .error, statusMessage: "no",
                traceState: "a=b",
                attributes: [
                    TraceAttribute("s", .string("x")), TraceAttribute("i", .integer(-3)),
                    TraceAttribute("d", .double(2)), TraceAttribute("b", .bool(true)),
                    TraceAttribute("l", .array([.integer(1), .string("y")])),
                    TraceAttribute("m", .map([TraceAttribute("k", .double(0.5))])),
                    TraceAttribute("raw", .bytes([0, 255])), TraceAttribute("inf", .double(.infinity)),
                    TraceAttribute("none", .empty),
                ],
                events: [SpanEvent(name: "e", at: UnixNanoseconds(5), attributes: [TraceAttribute("k", .bool(false))])],
                links: [SpanLink(traceID: trace, spanID: SpanID(9), traceState: "", attributes: [])],
                origin: SpanOrigin(
                    resource: [TraceAttribute("service.name", .string("shop"))], scopeName: "lib", scopeVersion: "1"))
            let moment = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded())
            try await tenant.store([span], receivedAt: moment)
            let stored = try #require(try await tenant.traces.spans(of: trace, in: tenant.organization).first)
            // The database orders members by itself.
            #expect(
                stored.span.attributes.sorted { $0.key < $1.key } == span.attributes.sorted { $0.key < $1.key })
            #expect(stored.span.events == span.events && stored.span.links == span.links)
            #expect(stored.span.origin == span.origin && stored.receivedAt == moment)
            #expect(stored.span.spanID == span.spanID && stored.span.parentID == span.parentID)
            #expect(stored.span.start == span.start && stored.span.end == span.end)
            #expect(stored.span.status == .error && stored.span.statusMessage == "no")
            #expect(stored.span.traceState == "a=b" && stored.span.name == span.name && stored.span.kind == .client)
        }
    }

    @Test func theSummaryIsTheSameInWhateverOrderSpansComeAndHoweverOften() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            var summaries: Set<TraceSummary> = []
            for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
                let trace = tenant.newTrace()
                let spans = [
                    tenant.span(
                        trace, 1, name: "root", from: 0, to: 100, [TraceAttribute("input.value", .string("in"))]),
                    tenant.span(
                        trace, 2, parent: 1, from: 0, to: 90,
                        [
                            TraceAttribute("input.value", .string("inner in")),
                            TraceAttribute("output.value", .string("inner out")),
                        ], service: "inner"),
                    tenant.span(trace, 3, parent: 2, from: 10, to: 120, status: .error),
                    tenant.span(trace, 4, parent: 2, from: -5, to: 20),
                ]
                for index in order { try await tenant.store([spans[index]]) }
                for _ in 0..<2 { try await tenant.store(spans) }
                let summary = try #require(try await tenant.traces.find(trace, in: tenant.organization))
                summaries.insert(
                    TraceSummary(
                        id: TraceID(uuid: tenant.organization.uuid), projectID: summary.projectID,
                        createdAt: .distantPast, firstSpanAt: summary.firstSpanAt, lastSpanAt: summary.lastSpanAt,
                        endedAt: summary.endedAt, spanCount: summary.spanCount, errorCount: summary.errorCount,
                        rootSpanName: summary.rootSpanName, serviceName: summary.serviceName,
                        inputPreview: summary.inputPreview, outputPreview: summary.outputPreview))
            }
            #expect(summaries.count == 1)
            let summary = try #require(summaries.first)
            #expect(summary.spanCount == 4 && summary.errorCount == 1 && summary.rootSpanName == "root")
            #expect(summary.inputPreview == "in" && summary.outputPreview == "inner out")
            #expect(summary.serviceName == "shop")
            #expect(summary.endedAt.timeIntervalSince(summary.firstSpanAt) > 0.1249)
        }
    }

    @Test func anEvaluationDoesNotMakeATraceLonger() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let trace = tenant.newTrace()
            let own = tenant.span(trace, 1, from: 0, to: 100)
            let score = tenant.span(trace, 2, parent: 1, from: 60_000, to: 61_000, service: "scorable.evaluation")
            try await tenant.store([own])
            let settled = try await world.database.query("SELECT settled_at FROM traces WHERE trace_id = \(trace.uuid)")
            try await tenant.store([score])
            let summary = try #require(try await tenant.traces.find(trace, in: tenant.organization))
            #expect(summary.spanCount == 2 && summary.endedAt == own.end.date && summary.lastSpanAt == score.start.date)
            #expect(summary.serviceName == "shop")
            let after = try await world.database.query("SELECT settled_at FROM traces WHERE trace_id = \(trace.uuid)")
            #expect(try settled.first?.decode(0, as: Date.self) == after.first?.decode(0, as: Date.self))
        }
    }

    @Test func noUpdateIsLostBetweenManyWriters() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let traces = (0..<5).map { _ in tenant.newTrace() }
            // Every writer touches every trace, in another order, and half of the spans come twice.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        for round in 0..<10 {
                            let spans = traces.shuffled().map {
                                tenant.span(
                                    $0, UInt64(writer / 2 * 10 + round + 1), parent: 99, from: Int64(round),
                                    status: round == 3 ? .error : .unset)
                            }
                            try await tenant.store(spans.shuffled())
                        }
                    }
                }
                try await group.waitForAll()
            }
            for trace in traces {
                let summary = try #require(try await tenant.traces.find(trace, in: tenant.organization))
                #expect(summary.spanCount == 40 && summary.errorCount == 4)
                #expect(try await tenant.traces.spans(of: trace, in: tenant.organization).count == 40)
            }
        }
    }

    @Test func pagesPartitionTheTracesWhileOthersCome() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let traces = (0..<25).map { _ in tenant.newTrace() }
            for (index, trace) in traces.enumerated() {
                try await tenant.store(
                    [tenant.span(trace, 1)], receivedAt: Date(timeIntervalSinceNow: Double(index / 3) - 100))
            }
            var seen: [TraceID] = []
            var page = PageRequest(limit: 4)
            while true {
                let slice = try await tenant.traces.list([], in: tenant.organization, page: page)
                seen += slice.items.map(\.id)
                try await tenant.store([tenant.span(tenant.newTrace(), 1)])
                // An early span that comes late does not move its trace.
                try await tenant.store([tenant.span(traces[3], UInt64(seen.count + 5), from: Int64(-seen.count))])
                guard let next = slice.next else { break }
                page = PageRequest(limit: 4, position: .after(next))
            }
            #expect(seen.count == 25 && Set(seen) == Set(traces))
        }
    }

    @Test func anotherOrganisationsTracesAreNotThere() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let trace = tenant.newTrace()
            try await tenant.store([tenant.span(trace, 1)])
            #expect(try await other.found([]) == [])
            #expect(try await other.traces.find(trace, in: other.organization) == nil)
            #expect(try await other.traces.spans(of: trace, in: other.organization).isEmpty)
            // The same identifier in two organisations is two traces.
            try await other.store([other.span(trace, 1), other.span(trace, 2)])
            #expect(try await tenant.traces.find(trace, in: tenant.organization)?.spanCount == 1)
        }
    }

    @Test func eachConditionFindsWhatItAsksFor() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let (one, two) = (tenant.newTrace(), tenant.newTrace())
            try await tenant.store([
                tenant.span(
                    one, 1, name: "checkout", kind: .server, from: 0, status: .ok,
                    [
                        TraceAttribute("n", .integer(5)), TraceAttribute("flag", .bool(true)),
                        TraceAttribute("at", .string("2026-01-02T03:04:05Z")),
                        TraceAttribute("input.value", .string("a question")),
                    ], resource: [TraceAttribute("env", .string("prod"))]),
                tenant.span(one, 2, parent: 1, name: "pay, later", kind: .client, from: 5, status: .error),
            ])
            try await tenant.store([
                tenant.span(
                    two, 1, name: "search", from: 60_000,
                    [TraceAttribute("n", .double(7.5)), TraceAttribute("at", .string("no moment"))],
                    resource: [TraceAttribute("env", .string("test"))])
            ])
            let start = Tenant.epoch.date
            let january = Date(timeIntervalSince1970: 1_767_225_600)
            let table: [(TraceCondition, Set<TraceID>)] = [
                (.text(.name, .equals("checkout")), [one]), (.text(.name, .differs("checkout")), [two]),
                (.text(.name, .contains("ear")), [two]), (.text(.name, .startsWith("che")), [one]),
                (.text(.name, .anyOf(["search", "x"])), [two]), (.text(.name, .noneOf(["search", "checkout"])), []),
                (.text(.input, .contains("question")), [one]), (.text(.output, .equals("")), [one, two]),
                (.spanCount(.greater, 1), [one]), (.spanCount(.atMost, 1), [two]), (.spanCount(.equal, 2), [one]),
                (.moment(.firstSpan, .atLeast, start.addingTimeInterval(30)), [two]),
                (.moment(.firstSpan, .less, start.addingTimeInterval(30)), [one]),
                (.moment(.lastSpan, .less, start.addingTimeInterval(1)), [one]),
                (.hasError(true), [one]), (.hasError(false), [two]), (.kind([.client]), [one]),
                (.kind([.server, .internal]), [one, two]), (.status([.ok]), [one]), (.status([.error]), [one]),
                (.status([.unset]), [two]), (.spanName(.equals("pay, later")), [one]),
                (.spanName(.differs("checkout")), [one, two]),
                (.attribute(.resource, key: "env", .text(.equals("prod"))), [one]),
                (.attribute(.resource, key: "env", .text(.noneOf(["prod"]))), [two]),
                (.attribute(.span, key: "n", .number(.greater, 5)), [two]),
                (.attribute(.span, key: "n", .number(.atMost, 5)), [one]),
                (.attribute(.span, key: "n", .text(.equals("5"))), [one]),
                (.attribute(.span, key: "flag", .flag(true)), [one]),
                (.attribute(.span, key: "flag", .flag(false)), []),
                (.attribute(.span, key: "at", .moment(.greater, january)), [one]),
                (.attribute(.span, key: "gone", .text(.differs("x"))), []),
            ]
            for (condition, expected) in table {
                #expect(Set(try await tenant.found([condition])) == expected, "\(condition)")
            }
            // Each may be fulfilled by another span.
            #expect(try await tenant.found([.kind([.client]), .status([.ok])]) == [one])
            #expect(try await tenant.traces.fulfils([.hasError(true)], one, in: tenant.organization))
            #expect(try await !tenant.traces.fulfils([.hasError(true)], two, in: tenant.organization))
        }
    }
}

@Suite struct TraceCandidateTests {
    private func filter(
        _ tenant: Tenant, newOnly: Bool = true, isActive: Bool = true, delay: Int = 0
    ) async throws -> EvaluationFilter {
        let (id, date) = tenant.world.identifiers.nextDated(EvaluationFilter.self)
        let filter = EvaluationFilter(
            id: id, organizationID: tenant.organization, ownerID: tenant.owner.id,
            content: EvaluationFilter.Content(
                name: "Filter", target: .evaluator(tenant.world.identifiers.next()), criteria: .init(text: "{}"),
                extractorRules: .init(text: "[]"), samplingRate: 1, delaySeconds: delay, appliesToNewOnly: newOnly,
                isActive: isActive), createdAt: date, updatedAt: date)
        #expect(try await EvaluationFilterStore(database: tenant.world.database).create(filter))
        return filter
    }

    @Test func everyTraceThatComesWhileAFilterIsActiveHasOnePlaceUnderIt() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = TraceCandidateStore(database: world.database)
            let before = tenant.newTrace()
            try await tenant.store([tenant.span(before, 1)])
            let newOnly = try await filter(tenant)
            let all = try await filter(tenant, newOnly: false)
            let off = try await filter(tenant, isActive: false)
            let trace = tenant.newTrace()
            for id in 1...3 {
                try await tenant.store([tenant.span(trace, UInt64(id)), tenant.span(before, UInt64(id + 1))])
            }
            #expect(try await store.find(newOnly.id, trace)?.state == .settling)
            #expect(try await store.find(newOnly.id, before) == nil)
            #expect(try await store.find(all.id, before)?.state == .settling)
            #expect(try await store.find(off.id, trace) == nil)
            #expect(
                try await store.counts(in: tenant.organization) == [newOnly.id: [.settling: 1], all.id: [.settling: 2]])
        }
    }

    @Test func spansOfEvaluationsBeginNothing() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let filter = try await filter(tenant)
            let trace = tenant.newTrace()
            try await tenant.store([tenant.span(trace, 1, service: "scorable.evaluation")])
            let marked = tenant.newTrace()
            try await tenant.store([tenant.span(marked, 1, [TraceAttribute("scorable.evaluation", .bool(true))])])
            let store = TraceCandidateStore(database: world.database)
            #expect(try await store.find(filter.id, trace) == nil)
            #expect(try await store.find(filter.id, marked) == nil)
        }
    }

    @Test func switchingOffAndDeletingSupersedeWhatWaits() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let filters = EvaluationFilterStore(database: world.database)
            let candidates = TraceCandidateStore(database: world.database)
            let (one, two) = (try await filter(tenant), try await filter(tenant))
            let trace = tenant.newTrace()
            try await tenant.store([tenant.span(trace, 1)])
            var content = one.content
            content.isActive = false
            #expect(
                try await filters.update(
                    EvaluationFilter(
                        id: one.id, organizationID: one.organizationID, ownerID: one.ownerID, content: content,
                        createdAt: one.createdAt, updatedAt: Date())))
            #expect(try await filters.delete(two.id, in: tenant.organization, at: Date()))
            for id in [one.id, two.id] {
                let candidate = try await candidates.find(id, trace)
                #expect(candidate?.state == .superseded && candidate?.reason.isEmpty == false)
            }
            #expect(try await filters.all(in: tenant.organization).map(\.id) == [one.id])
            #expect(try await filters.find(two.id, in: tenant.organization) == nil)
        }
    }
}
