import FoundationEssentials
import Postgres
import Records
import Scoring
import Tenancy
import Testing

@testable import Stores

@Suite struct RelatedLogTests {
    private func related(
        _ log: ExecutionLog, _ world: World
    ) async throws -> [LogRelation: [ExecutionLogID]] {
        let found = try await ExecutionLogStore(database: world.database).related(to: log)
        return Dictionary(uniqueKeysWithValues: found.map { ($0.relation, $0.items.map(\.id)) })
    }

    /// A log of a request.
    private func log(
        _ tenant: Tenant, request: String, type: ExecutionType = .evaluator, item: UUID? = nil,
        parent: ExecutionLogID? = nil, session: String? = nil
    ) -> ExecutionLog {
        let made = tenant.log(
            type: type, item: ExecutedItem(id: item, versionID: nil, name: "I"), parent: parent,
            labels: ExecutionLabels(sessionID: session))
        return ExecutionLog(
            id: made.id, organizationID: made.organizationID, projectID: made.projectID, type: type, item: made.item,
            ownerID: made.ownerID, parentID: parent, input: made.input, labels: made.labels, outcome: made.outcome,
            requestID: request, createdAt: made.createdAt)
    }

    @Test func aJudgeAndItsPartsKnowEachOther() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let item = UUID()
            let before = log(tenant, request: "r0", item: item)
            let judge = log(tenant, request: "r1", type: .judge, session: "s")
            let parts = [
                log(tenant, request: "r1", item: item, parent: judge.id, session: "s"),
                log(tenant, request: "r1", parent: judge.id, session: "s"),
            ]
            for one in [before, judge] + parts { try await tenant.write(one) }
            #expect(try await related(judge, world) == [.parts: parts.map(\.id)])
            #expect(
                try await related(parts[0], world) == [
                    .judge: [judge.id], .siblings: [parts[1].id], .previous: [before.id],
                ])
        }
    }

    @Test func othersOfTheSessionAndOfTheRequestAreFoundOnce() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let judge = log(tenant, request: "r", type: .judge, session: "s")
            let part = log(tenant, request: "r", parent: judge.id, session: "s")
            let sameSession = log(tenant, request: "q", session: "s")
            let sameRequest = log(tenant, request: "r")
            for one in [judge, part, sameSession, sameRequest] { try await tenant.write(one) }
            try await other.write(log(other, request: "r", session: "s"))
            #expect(
                try await related(judge, world) == [
                    .parts: [part.id], .session: [sameSession.id], .request: [sameRequest.id],
                ])
            #expect(
                try await related(part, world) == [
                    .judge: [judge.id], .session: [sameSession.id], .request: [sameRequest.id],
                ])
        }
    }

    @Test func whatWasExecutedAgainIsFoundFromBothSides() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let store = ExecutionLogStore(database: world.database)
            let origin = tenant.log()
            let reruns = [tenant.log(), tenant.log()]
            for one in [origin] + reruns { try await tenant.write(one) }
            for one in reruns {
                try await store.noteRerun(one.id, of: origin.id, in: tenant.organization, at: one.createdAt)
            }
            #expect(try await related(origin, world)[.reruns] == reruns.map(\.id).reversed())
            #expect(try await related(reruns[0], world)[.origin] == [origin.id])
            #expect(try await store.origin(of: reruns[0].id, in: tenant.organization) == origin.id)
            #expect(try await store.origin(of: reruns[0].id, in: other.organization) == nil)
            #expect(try await store.origin(of: origin.id, in: tenant.organization) == nil)
        }
    }

    @Test func manyAreCutAndSaidToBe() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            var logs: [ExecutionLog] = []
            for _ in 0..<23 {
                logs.append(log(tenant, request: "", session: "long"))
                try await tenant.write(logs[logs.count - 1])
            }
            let store = ExecutionLogStore(database: world.database)
            let found = try await store.related(to: logs[0])
            #expect(found.map(\.relation) == [.session])
            #expect(found.first?.hasMore == true && found.first?.items.count == 20)
            #expect(found.first?.items.first?.id == logs[22].id)
        }
    }
}

@Suite struct NoticeStoreTests {
    private func notice(
        _ world: World, _ organization: OrganizationID?, _ summary: String, needs permission: Permission? = nil,
        at moment: Date = Date()
    ) -> Notice {
        Notice(
            id: world.identifiers.next(), organizationID: organization, createdAt: moment, severity: .warning,
            summary: summary, subject: Notice.Subject(kind: .failure, id: "timeout", name: nil),
            permission: permission)
    }

    @Test func everyoneSeesTheirOwnAndThoseOfTheInstallation() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let store = NoticeStore(database: world.database)
            let own = notice(world, tenant.organization, "own")
            let secret = notice(world, tenant.organization, "secret", needs: .userRead)
            let common = notice(world, nil, "common \(tenant.organization)")
            for one in [own, secret, common, notice(world, other.organization, "other")] { try await store.add(one) }
            func seen(_ permissions: [Permission]) async throws -> [Notice] {
                try await store.newest(in: tenant.organization, for: permissions, limit: 100).filter {
                    $0.organizationID != nil || $0.id == common.id
                }
            }
            #expect(try await seen([.eventRead]).map(\.summary) == [common.summary, "own"])
            #expect(try await seen([.userRead]).map(\.summary) == [common.summary, "secret", "own"])
            let first = try await seen([.userRead])[1]
            #expect(first.subject == secret.subject && first.permission == .userRead && first.severity == .warning)
        }
    }

    @Test func oldOnesAreDeleted() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = NoticeStore(database: world.database)
            let moment = Date(timeIntervalSince1970: 1_000_000)
            try await store.add(notice(world, tenant.organization, "old", at: moment))
            #expect(try await store.delete(before: moment + 1) == 1)
        }
    }
}
