import APIClient
import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPServer
import HTTPTransfer
import Synchronization
import Testing
import WireAPI

struct OperatorClientTests {
    @Test func signingInBringsTheTokenThatOpensTheRest() async throws {
        try await InternalAPI.run { asked in
            asked.line.hasPrefix("DELETE") ? HTTPResponse(status: 204) : .json(Bodies.session, status: 201)
        } _: { api in
            let session = try await api.client.signIn(OperatorSignIn(email: "a@b.c", password: "p\"w"))
            #expect(session.token == "t0k")
            #expect(session.user.fullName == "A B")
            #expect(session.deployment == .init(name: "local", isProduction: false, version: "0.1.0"))
            #expect(try await api.client.session(token: "t0k").organization.name == "Acme")
            try await api.client.signOut(token: "t0k")
            #expect(
                api.log.all.map(\.line) == [
                    "POST /internal/session", "GET /internal/session", "DELETE /internal/session",
                ])
            #expect(api.log.all.map(\.authorization) == [nil, "Bearer t0k", "Bearer t0k"])
            #expect(api.log.all[0].body == #"{"email":"a@b.c","password":"p\"w","code":null}"#)
        }
    }

    @Test func whatNobodyAsksForSaysSo() async throws {
        try await InternalAPI.run { _ in
            .json(Bodies.session)
        } _: { api in
            for isUnattended in [false, true] {
                _ = try await api.client.send(
                    OperatorRequest<OperatorSession>.session().erased, token: "t", isUnattended: isUnattended)
            }
            #expect(api.log.all.map(\.unattended) == [nil, "1"])
        }
    }

    @Test func aPageIsAskedForByItsFilterAndCursor() async throws {
        try await InternalAPI.run { _ in
            .json(#"{"results":[\#(Bodies.row),\#(Bodies.failedRow)],"next":"c2","events_through":"7-0"}"#)
        } _: { api in
            var filter = OperatorExecutionFilter()
            filter.names = ["a b", "ä&="]
            filter.outcome = .failed
            filter.maximumScore = 0.5.nextDown
            let page = try await api.client.send(.executions(filter, cursor: "c+1", limit: 100), token: "t")
            #expect(page.next == "c2")
            #expect(page.eventsThrough == "7-0")
            #expect(page.results.map(\.score) == [0.82, nil])
            #expect(page.results[0].latencyMilliseconds == 12.5)
            #expect(page.results[0].costNanodollars == 410_000)
            #expect(page.results[1].failure == OperatorFailure(code: "timeout", message: "too slow"))
            #expect(page.results[0].createdAt == Date(timeIntervalSince1970: 1_795_521_869.118))
            #expect(
                api.log.all[0].line
                    == "GET /internal/executions?name=a%20b&name=%C3%A4%26%3D&outcome=failed"
                    + "&max_score=0.49999999999999994&page_size=100&cursor=c%2B1")
        }
    }

    @Test func oneExecutionComesInFull() async throws {
        try await InternalAPI.run { _ in
            .json(Bodies.detail)
        } _: { api in
            let id = try #require(UUID(uuidString: "01930000-0000-7000-8000-00000000000A"))
            let detail = try await api.client.send(.execution(id), token: "t")
            #expect(api.log.all[0].line == "GET /internal/executions/01930000-0000-7000-8000-00000000000a")
            #expect(detail.variables == ["Some_Name": "v"])
            #expect(detail.evaluators.map(\.score) == [0.5])
            #expect(detail.hops == [.init(name: "model", milliseconds: 9.5)])
            #expect(detail.turns[0].content == "hi")
        }
    }

    @Test(arguments: [
        (401, APIFailure.Kind.refused(status: 401)), (403, .refused(status: 403)), (404, .refused(status: 404)),
        (500, .refused(status: 500)), (503, .refused(status: 503)),
    ])
    func anErrorSaysWhatTheServerSaid(_ status: Int, _ kind: APIFailure.Kind) async throws {
        try await InternalAPI.run { _ in
            .json(#"{"title":"T","detail":"What was wrong.","code":"x"}"#, status: status)
        } _: { api in
            let failure = APIFailure(kind, "What was wrong.", code: "x")
            await #expect(throws: failure) { try await api.client.session(token: "t") }
            await #expect(throws: failure) {
                try await api.client.events(after: nil, token: "t")
            }
        }
    }

    @Test func aWaitThatIsAskedForIsTold() async throws {
        try await InternalAPI.run { _ in
            .json("<html>", status: 429, headers: ["retry-after": "17"])
        } _: { api in
            await #expect(
                throws: APIFailure(
                    .refused(status: 429), "the server answered with status 429", retryAfter: .seconds(17))
            ) { try await api.client.signIn(OperatorSignIn(email: "a", password: "b")) }
        }
    }

    @Test func anotherAnswerThanExpectedIsNotUnderstood() async throws {
        try await InternalAPI.run { _ in
            .json(#"{"results":[{"id":1}],"next":null}"#)
        } _: { api in
            let failure = await #expect(throws: APIFailure.self) {
                try await api.client.send(.executions(OperatorExecutionFilter(), cursor: nil, limit: 1), token: "t")
            }
            #expect(failure?.kind == .notUnderstood)
        }
    }

    @Test func nobodyThereIsUnreachable() async throws {
        let loops = LoopGroup(count: 1, name: "api-test")
        let client = OperatorClient(server: "http://127.0.0.1:1", http: HTTPClient(loops: loops))
        let failure = await loops.loops[0].run {
            await #expect(throws: APIFailure.self) { try await client.session(token: "t") }
        }
        #expect(failure?.kind == .unreachable)
        await loops.shutdown()
    }
}

struct EventFeedTests {
    private static func stream(_ pieces: [String], thenHolds: Bool = false) -> HTTPResponse {
        HTTPResponse(
            status: 200, headers: ["content-type": "text/event-stream"],
            body: .stream { writer in
                for piece in pieces { try await writer.write(Array(piece.utf8)) }
                if thenHolds { try await Loop.current?.sleep(for: .seconds(60)) }
            })
    }

    @Test func eventsComeInOrderWithTheirPositions() async throws {
        let text =
            "event: server.time\ndata: {\"server_time\":\"2026-11-24T12:04:30Z\"}\n\n: quiet\n\n"
            + "id: 7-1\nevent: executions.finished\ndata: {\"executions\":[\(Bodies.row)]}\n\nevent: something.new\ndata: {}\n\n"
            + "event: gap\ndata: {}\n\n"
        try await InternalAPI.run { _ in
            Self.stream(text.map { String($0) }, thenHolds: true)
        } _: { api in
            let feed = try await api.client.events(after: "6-0", token: "t")
            #expect(api.log.all[0].lastEventID == "6-0")
            #expect(api.log.all[0].authorization == "Bearer t")
            var elements: [EventFeed.Element] = []
            while elements.count < 3 { elements += try await feed.next() }
            #expect(elements.map(\.event.name) == [.serverTime, .executionsFinished, .gap])
            #expect(elements.map(\.id) == [nil, "7-1", nil])
            let names = elements.map { if case .executionFinished(let row) = $0.event { row.name } else { "" } }
            #expect(names == ["", "Support quality", ""])
        }
    }

    @Test func aStreamThatEndsIsAFailure() async throws {
        try await InternalAPI.run { _ in
            Self.stream([": hello\n\n"])
        } _: { api in
            let feed = try await api.client.events(after: nil, token: "t")
            let failure = await #expect(throws: APIFailure.self) { try await feed.next() }
            #expect(failure?.kind == .unreachable)
        }
    }

    @Test func anEventThatMakesNoSenseIsAFailure() async throws {
        try await InternalAPI.run { _ in
            Self.stream(["event: executions.finished\ndata: {\"executions\":\n\n"], thenHolds: true)
        } _: { api in
            let feed = try await api.client.events(after: nil, token: "t")
            let failure = await #expect(throws: APIFailure.self) { try await feed.next() }
            #expect(failure?.kind == .notUnderstood)
        }
    }
}
