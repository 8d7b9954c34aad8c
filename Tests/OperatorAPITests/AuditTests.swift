import Access
import FoundationEssentials
import HTTPMessages
import Operations
import Postgres
import ProductSupport
import Records
import Stores
import Tenancy
import Testing
import WireAPI

/// What calls leave, and how it is read.
@Suite struct AuditTests {
    private static func entries(of tenant: Tenant, action: String) async throws -> [OperatorAuditEntry] {
        var filter = OperatorAuditFilter()
        filter.action = action
        return try await tenant.viewer(.auditor).ask(.audit(filter, limit: 100)).results
    }

    /// The entries once there are some: what is read is stored within a second.
    private static func eventually(of tenant: Tenant, action: String) async throws -> [OperatorAuditEntry] {
        let auditor = try await tenant.viewer(.auditor)
        var filter = OperatorAuditFilter()
        filter.action = action
        let deadline = Date().addingTimeInterval(20)
        while Date() < deadline {
            let found = try await auditor.ask(.audit(filter, limit: 100)).results
            if !found.isEmpty { return found }
            try await Task.sleep(for: .milliseconds(50))
        }
        return []
    }

    @Test func aChangeThatNoOperationTellsOfIsThereWhenItIsAnswered() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let owner = try await tenant.viewer(.owner)
            let log = try await tenant.log()
            let path = "\(OperatorExecutionPage.path)/\(log.id)/tags"
            #expect(try await owner.raw(server, .post, path, #"{"add":["seen"],"remove":[]}"#).status == 200)
            let entry = try #require(try await Self.entries(of: tenant, action: "execution_log.tag").first)
            #expect(entry.subject == "execution_log:\(log.id)")
            #expect(entry.outcome == .done)
            #expect(entry.actorName == owner.user.email)
            #expect(entry.actorRole == "owner")
            #expect(entry.address == "127.0.0.1")
            #expect(entry.requestID != nil)
            #expect(entry.after?.contains("POST /internal/executions/{id}/tags") == true)
            #expect(entry.position > 0)
        }
    }

    @Test func everyChangeHasANameThatSaysWhatIsDone() async throws {
        try await OperatorServer.run { server in
            for operation in server.operations {
                guard case .change(nil) = operation.trace, let permission = operation.rule?.permission else { continue }
                let isVague = ["read", "list", "execute"].contains { permission.rawValue.hasSuffix($0) }
                #expect(!isVague, "\(operation.method) \(operation.path) would be kept as \(permission.rawValue)")
            }
        }
    }

    @Test func whatIsRefusedIsThereAndNotOncePerAttempt() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer(.viewer)
            let change = OperatorProjectChange(name: "Renamed")
            for _ in 0..<20 {
                #expect(try await viewer.refusal(.change(tenant.project.id.uuid, change))?.status == 403)
            }
            let entries = try await Self.entries(of: tenant, action: "access.refused")
            #expect(entries.count == 1)
            #expect(entries.first?.outcome == .refused)
            #expect(entries.first?.after?.contains("project:update is not allowed to this viewer") == true)
        }
    }

    @Test func whoReadsWhatWasAskedAndAnsweredIsKeptAndWhatItWasIsNot() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let log = try await tenant.log()
            let viewer = try await tenant.viewer(.viewer)
            _ = try await viewer.ask(.execution(log.id.uuid))
            let entry = try #require(try await Self.eventually(of: tenant, action: "content.read").first)
            #expect(entry.subject.hasSuffix(log.id.description))
            #expect(entry.actorName == viewer.user.email)
            #expect(entry.times == 1)
            #expect(entry.after?.contains("secret") == false)
        }
    }

    @Test func aNulInAPathIsKeptAndStopsNobodyElse() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let trail = AuditTrail(
                database: server.database, loops: server.loops, identifiers: server.identifiers,
                metrics: server.metrics,
                logger: ProductWorld.logger)
            func read(_ value: String, _ trace: RouteTrace) async {
                await trail.tell(
                    FollowedCall(
                        principal: tenant.principal(), address: "10.0.0.1", requestID: "r", method: .get,
                        route: "/internal/evaluators/{id}",
                        parameters: [FollowedCall.Parameter(name: "id", value: value)], permission: .evaluatorRead,
                        trace: trace, outcome: .done, made: nil))
            }
            await read("a\0b\u{1B}c", .content)
            await read("plain", .content)
            await read("x\0", .change("evaluator.update"))
            await trail.close()
            let reads = try await Self.entries(of: tenant, action: "content.read")
            #expect(reads.contains { $0.after?.contains("plain") == true || $0.subject == "evaluator:plain" })
            let changed = try await Self.entries(of: tenant, action: "evaluator.update")
            #expect(changed.map(\.subject) == ["evaluator:x\u{FFFD}"])
        }
    }

    @Test func theTailGoesOnWhereItWas() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let (owner, auditor) = (try await tenant.viewer(.owner), try await tenant.viewer(.auditor))
            let start = try await auditor.ask(.auditTail(after: nil, limit: 10))
            for name in ["One", "Two", "Three"] {
                _ = try await owner.ask(.change(tenant.project.id.uuid, OperatorProjectChange(name: name)))
            }
            let first = try await auditor.ask(.auditTail(after: start.after, limit: 2))
            #expect(first.results.count == 2)
            #expect(first.hasMore)
            let rest = try await auditor.ask(.auditTail(after: first.after, limit: 10))
            #expect(rest.results.count == 1)
            #expect(try await auditor.ask(.auditTail(after: rest.after, limit: 10)).results.isEmpty)
            let positions = (first.results + rest.results).map(\.position)
            #expect(positions == positions.sorted())
        }
    }

    @Test func everyFilterSelects() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let store = AuditStore(database: server.database)
            for (index, action) in ["queue.pause", "queue.resume", "user.create"].enumerated() {
                let (id, moment) = server.identifiers.nextDated(AuditEntry.self)
                try await store.add(
                    AuditEntry(
                        id: id, organizationID: tenant.organization, createdAt: moment,
                        actor: AuditEntry.Actor(
                            kind: .user, id: server.identifiers.uuid(), name: "Person\(index)@example.com",
                            role: .admin,
                            address: "10.0.\(index).7", requestID: "wanted-\(index)"),
                        action: action, subject: "thing:\(index)", outcome: index == 2 ? .failed : .done, before: nil,
                        after: #"{"colour": "Green \#(index)"}"#))
            }
            let auditor = try await tenant.viewer(.auditor)
            func actions(_ change: (inout OperatorAuditFilter) -> Void) async throws -> [String] {
                var filter = OperatorAuditFilter()
                change(&filter)
                return try await auditor.ask(.audit(filter, limit: 100)).results.map(\.action)
            }
            #expect(try await actions { $0.action = "queue." } == ["queue.resume", "queue.pause"])
            #expect(try await actions { $0.action = "queue.pause" } == ["queue.pause"])
            #expect(try await actions { $0.actor = "person1" } == ["queue.resume"])
            #expect(try await actions { $0.subject = "thing:2" } == ["user.create"])
            #expect(try await actions { $0.subject = "thing:" }.count == 3)
            #expect(try await actions { $0.outcome = .failed } == ["user.create"])
            #expect(try await actions { $0.address = "10.0." }.count == 3)
            #expect(try await actions { $0.address = "10.0.0.7" } == ["queue.pause"])
            #expect(try await actions { $0.text = "green 1" } == ["queue.resume"])
            #expect(try await actions { $0.text = "wanted-2" } == ["user.create"])
            #expect(try await actions { $0.until = Date().addingTimeInterval(-60) }.isEmpty)
            #expect(try await actions { $0.since = Date().addingTimeInterval(-60) }.count == 3)
        }
    }

    @Test func anExportIsAFileAndLeavesATrace() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let owner = try await tenant.viewer(.owner)
            for name in ["=1+1", "Two"] {
                _ = try await owner.ask(.change(tenant.project.id.uuid, OperatorProjectChange(name: name)))
            }
            let lines = try await owner.raw(server, .get, "/internal/audit/export?action=project.update")
            #expect(lines.status == 200)
            #expect(lines.text.split(separator: "\n").count == 2)
            let table = try await owner.raw(server, .get, "/internal/audit/export?format=csv")
            #expect(table.text.hasPrefix("id,created_at,chain,position,"))
            #expect(try await Self.eventually(of: tenant, action: "content.export").isEmpty == false)
        }
    }

    @Test func theAuditIsTheAuditorsAndNobodyElses() async throws {
        try await OperatorServer.run { server in
            let (tenant, other) = (try await server.tenant(), try await server.tenant())
            let owner = try await tenant.viewer(.owner)
            _ = try await owner.ask(.change(tenant.project.id.uuid, OperatorProjectChange(name: "Renamed")))
            let entry = try #require(try await Self.entries(of: tenant, action: "project.update").first)
            #expect(try await tenant.viewer(.engineer).refusal(.audit(limit: 1))?.status == 403)
            #expect(try await other.viewer(.auditor).refusal(.auditEntry(entry.id))?.status == 404)
            #expect(try await tenant.viewer(.auditor).ask(.auditEntry(entry.id)) == entry)
            let chain = try #require(try await tenant.viewer(.auditor).ask(.auditChains()).results.first)
            #expect(chain.length >= 1)
            #expect(chain.fault == nil)
        }
    }

    @Test func receiversAreMadeChangedAndRemovedAndTheirKeysNeverShown() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let owner = try await tenant.viewer(.owner)
            var draft = OperatorAuditTargetDraft(
                name: "siem", host: "siem.example.com", port: 6514, transport: "tls", format: "rfc5424")
            draft.certificateAuthority = "no certificate"
            #expect(try await owner.refusal(.addAuditTarget(draft))?.status == 400)
            draft.certificateAuthority = nil
            let made = try await owner.ask(.addAuditTarget(draft))
            #expect(made.isOfInstallation == false)
            #expect(made.waiting == 0 || made.waiting == 1, "what came before is not sent")
            draft.isEnabled = false
            draft.revision = made.revision
            let changed = try await owner.ask(.changeAuditTarget(made.id, draft))
            #expect(changed.isEnabled == false)
            #expect(try await owner.refusal(.changeAuditTarget(made.id, draft))?.status == 409)
            #expect(try await owner.ask(.auditForwarding()).results.map(\.id) == [made.id])
            let other = try await server.tenant().viewer(.owner)
            #expect(try await other.refusal(.removeAuditTarget(made.id))?.status == 404)
            _ = try await owner.ask(.removeAuditTarget(made.id))
            #expect(try await owner.ask(.auditForwarding()).results.isEmpty)
            let actions = try await Self.entries(of: tenant, action: "audit_target.").map(\.action)
            #expect(actions.filter { $0 == "audit_target.delete" }.count == 1)
            #expect(actions.contains("audit_target.create"))
        }
    }
}
