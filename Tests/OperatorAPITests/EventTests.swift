import APIClient
import EventLoop
import FoundationEssentials
import Operations
import Postgres
import Records
import Scoring
import Tenancy
import Testing
import WireAPI

@testable import OperatorAPI

@Suite struct EventTests {
    private func row(_ tenant: Tenant, _ name: String) async throws -> OperatorExecutionRow {
        OperatorExecutionRow(
            ExecutionLog(
                id: tenant.server.identifiers.next(), organizationID: tenant.organization,
                projectID: tenant.project.id, type: .evaluator,
                item: ExecutedItem(id: nil, versionID: nil, name: name), ownerID: tenant.owner.id,
                input: .init(), labels: ExecutionLabels(), outcome: ExecutionOutcome(), requestID: "",
                createdAt: Date()))
    }

    /// The names of the executions that come, until there are as many.
    private func names(
        _ feed: APIClient.EventFeed, _ count: Int
    ) async throws -> (names: [String], last: String?, gaps: Int) {
        var found: [String] = []
        var last: String?
        var gaps = 0
        while found.count < count {
            for element in try await feed.next() {
                if case .executionFinished(let row) = element.event { found.append(row.name) }
                if case .gap = element.event { gaps += 1 }
                if let id = element.id { last = id }
            }
        }
        return (found, last, gaps)
    }

    @Test func nothingIsLostOrRepeatedAcrossConnections() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer()
            let first = try await viewer.client.events(after: nil, token: viewer.token)
            for number in 0..<300 {
                server.events.publish(.executionFinished(try await row(tenant, "\(number)")), to: tenant.organization)
            }
            let before = try await names(first, 300)
            #expect(before.names == (0..<300).map(String.init) && before.gaps == 0)

            // Some while nobody watches, some while the past is read, some after.
            for number in 300..<600 {
                server.events.publish(.executionFinished(try await row(tenant, "\(number)")), to: tenant.organization)
            }
            let second = try await viewer.client.events(after: before.last, token: viewer.token)
            for number in 600..<700 {
                server.events.publish(.executionFinished(try await row(tenant, "\(number)")), to: tenant.organization)
            }
            let after = try await names(second, 400)
            #expect(after.names == (300..<700).map(String.init) && after.gaps == 0)
        }
    }

    @Test func whatArrivesLiveIsWhatTheListShows() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer()
            let feed = try await viewer.client.events(after: nil, token: viewer.token)
            let judge = try await tenant.judge("Panel", [try await tenant.evaluator("Alpha")])
            _ = try await server.product.executions.execute(
                .id(judge.id, nil),
                ExecutionOrder(
                    input: EvaluationInput(response: "r"),
                    labels: ExecutionLabels(tags: ["t"], sessionID: "s", userID: "u"), projectID: nil),
                as: tenant.principal(), tenant.callContext)
            var live: [UUID: OperatorExecutionRow] = [:]
            while live.count < 2 {
                for element in try await feed.next() {
                    if case .executionFinished(let row) = element.event { live[row.id] = row }
                }
            }
            var filter = OperatorExecutionFilter()
            filter.types = ["evaluator", "judge"]
            for row in try await viewer.ask(.executions(filter, cursor: nil, limit: 10)).results {
                let arrived = try #require(live[row.id])
                // Projects' names are known to whoever watches.
                #expect(row == arrived.named(row.projectName))
            }
        }
    }

    @Test func everyoneIsToldWhatIsTheirsToSee() async throws {
        try await OperatorServer.run { server in
            let (tenant, other) = (try await server.tenant(), try await server.tenant())
            let engineer = try await tenant.viewer(.engineer)
            let watcher = try await tenant.viewer(.operator)
            let stranger = try await other.viewer()
            var feeds: [APIClient.EventFeed] = []
            for viewer in [engineer, watcher, stranger] {
                feeds.append(try await viewer.client.events(after: nil, token: viewer.token))
            }
            let evaluator = try await tenant.evaluator("News")
            try await server.product.notices.post(
                .critical, "for those who manage people", about: nil, to: tenant.organization, needs: .userRead)
            try await server.product.notices.post(.info, "last for everybody", about: nil, to: nil)

            func told(_ feed: APIClient.EventFeed) async throws -> [OperatorEvent] {
                var events: [OperatorEvent] = []
                while true {
                    for element in try await feed.next() {
                        switch element.event {
                        case .noticed(let notice):
                            // Other tests let parts of the installation fail.
                            if notice.subject?.kind == .daemon { continue }
                            events.append(element.event)
                            if notice.summary == "last for everybody" { return events }
                        case .catalogueChanged(let change):
                            // Other tests change what is everybody's.
                            if change.subject.kind == .provider { continue }
                            events.append(element.event)
                        case .executionFinished, .executionsTagged, .queuesChanged, .serverTime, .gap: continue
                        }
                    }
                }
            }
            let seen = try await told(feeds[0])
            let subject = OperatorSubject(kind: .evaluator, id: evaluator.id.description, name: "News")
            #expect(
                seen.first
                    == .catalogueChanged(
                        OperatorCatalogueChange(
                            subject: subject, action: .created, userEmail: tenant.owner.email)))
            #expect(
                seen.compactMap(\.notice?.summary) == [
                    "Olive Owner published version 1 of the evaluator “News”.", "for those who manage people",
                    "last for everybody",
                ])
            #expect(seen.compactMap(\.notice)[0].subject == subject)
            // Neither evaluators nor people are the operators' to see.
            #expect(try await told(feeds[1]).compactMap(\.notice?.summary) == ["last for everybody"])
            #expect(try await told(feeds[1 + 1]).count == 1)
        }
    }

    @Test func aPositionThatWasCutOffIsAGap() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer()
            let feed = try await viewer.client.events(after: "5-0", token: viewer.token)
            server.events.publish(.executionFinished(try await row(tenant, "x")), to: tenant.organization)
            let event = try await feed.first { if case .serverTime = $0 { false } else { true } }
            #expect(event == .gap)
            #expect(try await names(feed, 1).names == ["x"])
            do {
                _ = try await viewer.client.events(after: "not a position", token: viewer.token)
                Issue.record("a position that is none was accepted")
            } catch let error as APIFailure {
                #expect(error.kind == .refused(status: 400))
            }
        }
    }

    /// What comes until an execution of that name.
    private func received(
        _ feed: APIClient.EventFeed, until name: String
    ) async throws -> (executions: Int, gaps: Int) {
        var found = (executions: 0, gaps: 0)
        while true {
            for element in try await feed.next() {
                switch element.event {
                case .gap: found.gaps += 1
                case .executionFinished(let row):
                    if row.name == name { return found }
                    found.executions += 1
                case .executionsTagged, .catalogueChanged, .queuesChanged, .noticed, .serverTime: continue
                }
            }
        }
    }

    @Test func aReaderThatSleepsThroughAFloodIsToldOfAGapAndHoldsNobodyUp() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer()
            let sleeper = try await viewer.client.events(after: nil, token: viewer.token)
            let reader = try await viewer.client.events(after: nil, token: viewer.token)
            // Long rows, so that what lies between server and reader is soon full.
            let long = String(repeating: "x", count: 8000)
            let count = 2500
            // As fast as the one reads that is awake.
            for start in stride(from: 0, to: count, by: 100) {
                for number in start..<start + 100 {
                    server.events.publish(
                        .executionFinished(try await row(tenant, "\(number) \(long)")), to: tenant.organization)
                }
                let awake = try await names(reader, 100)
                #expect(awake.names.first?.hasPrefix("\(start) ") == true && awake.names.count == 100)
                #expect(awake.gaps == 0)
            }
            server.events.publish(.executionFinished(try await row(tenant, "last")), to: tenant.organization)
            let late = try await received(sleeper, until: "last")
            #expect(late.executions < count && late.gaps >= 1)
        }
    }

    @Test func aSessionThatEndsEndsItsStream() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer()
            let feed = try await viewer.client.events(after: nil, token: viewer.token)
            try await server.database.execute("DELETE FROM sessions WHERE id = \(viewer.session.id)")
            await server.product.changes.announce(.access)
            await #expect(throws: APIFailure.self) { _ = try await feed.first { _ in false } }
        }
    }
}

extension OperatorExecutionRow {
    fileprivate func named(_ projectName: String?) -> OperatorExecutionRow {
        OperatorExecutionRow(
            id: id, createdAt: createdAt, type: type, name: name, itemID: itemID, parentID: parentID,
            judgeID: judgeID, score: score, failure: failure, model: model, provider: provider,
            latencyMilliseconds: latencyMilliseconds, costNanodollars: costNanodollars, projectID: projectID,
            projectName: projectName, sessionID: sessionID, userID: userID, tags: tags)
    }
}

extension OperatorEvent {
    fileprivate var notice: OperatorNotice? {
        guard case .noticed(let notice) = self else { return nil }
        return notice
    }
}

/// How events are put together for one watcher.
@Suite struct EventBatchTests {
    private func event(_ sequence: UInt64, _ name: String, _ data: String) -> FedEvent {
        FedEvent(
            position: StreamPosition("1-\(sequence)"), name: name, data: Array(data.utf8),
            permission: .executionLogList)
    }

    private func text(_ events: [FedEvent], after position: StreamPosition = .beginning, may: Bool = true) -> String {
        var batches = EventBatches(after: position)
        return String(decoding: batches.bytes(of: events, may: { _ in may }), as: UTF8.self)
    }

    @Test func executionsThatFollowEachOtherAreOneEvent() {
        let events = [
            event(1, data("a")), event(2, data("b")), event(3, "notice", "{}"), event(4, data("c")),
        ]
        #expect(
            text(events) == """
                event: executions.finished
                id: 1-2
                data: {"executions":["a","b"]}

                event: notice
                id: 1-3
                data: {}

                event: executions.finished
                id: 1-4
                data: {"executions":["c"]}


                """)
    }

    @Test func whatWasSentIsNotSentAgain() throws {
        let events = [event(1, data("a")), event(2, data("b")), event(2, data("b"))]
        let text = text(events, after: try #require(StreamPosition("1-1")))
        #expect(text.contains(#"["b"]"#) && !text.contains("a\""))
    }

    @Test func aGapKeepsItsPlace() {
        let text = text([event(1, data("a")), .gap, event(2, data("b"))])
        let places = ["[\"a\"]", "event: gap", "[\"b\"]"].map { text.ranges(of: $0).first?.lowerBound }
        #expect(places.allSatisfy { $0 != nil } && places.compactMap { $0 } == places.compactMap { $0 }.sorted())
    }

    @Test func whatMustNotBeSeenIsLeftOut() {
        #expect(text([event(1, data("a"))], may: false).isEmpty)
    }

    @Test func aFloodIsCutIntoEventsOfBoundedSize() {
        let events = (1...250).map { event($0, data("x")) }
        #expect(text(events).ranges(of: "event: executions.finished").count == 3)
    }

    private func data(_ name: String) -> String { "\"\(name)\"" }
    private func event(_ sequence: UInt64, _ data: String) -> FedEvent {
        event(sequence, "executions.finished", data)
    }
}
