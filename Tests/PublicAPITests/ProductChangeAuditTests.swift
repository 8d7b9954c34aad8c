import Access
import Cryptography
import FoundationEssentials
import HTTPMessages
import JSON
import Operations
import Postgres
import ProductSupport
import Records
import Scoring
import Stores
import Tenancy
import Testing

/// What changes by the public API leave in the audit: one entry each, which says what was how, and no prompts.
@Suite struct ProductChangeAuditTests {
    private static let secret = "Is {{response}} as the board has decided in secret?"

    private static func evaluator(_ name: String, _ criteria: String) -> JSONValue {
        ["name": .string(name), "objective": ["intent": "To be short."], "scoring_criteria": .string(criteria)]
    }

    @Test func aNewVersionOfAnEvaluatorSaysWhatIsOtherwise() async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            let id = try await caller.make("/v1/evaluators/", Self.evaluator("Short", "Is {{response}} short?"))
            let changed = try await caller.send(
                .patch, "/v1/evaluators/\(id)/", ["scoring_criteria": .string(Self.secret)])
            #expect(changed.status == 200, "\(changed.text)")
            #expect(try await caller.send(.delete, "/v1/evaluators/\(id)/").status == 204)

            let kept = try await server.kept(of: caller).filter { $0.subject == "evaluator:\(id)" }
            #expect(kept.map(\.action) == ["evaluator.create", "evaluator.update", "evaluator.delete"])
            #expect(server.followed.all(of: caller).isEmpty, "nothing is told of twice")
            #expect(kept.allSatisfy { $0.outcome == .done && $0.actor.kind == .apiKey && $0.actor.keyID != nil })
            #expect(kept.allSatisfy { $0.actor.address == "127.0.0.1" && $0.actor.requestID != nil })

            let made = try JSONParser.parse(try #require(kept[0].after))
            #expect(kept[0].before == nil)
            #expect(made["name"] == "Short" && made["version"] == 1)
            let (before, after) = (
                try JSONParser.parse(try #require(kept[1].before)), try JSONParser.parse(try #require(kept[1].after))
            )
            #expect(before["version"] == 1 && after["version"] == 2)
            #expect(before["name"] == "Short" && after["name"] == "Short")
            #expect(before["digest"] == made["digest"] && after["digest"] != made["digest"])
            #expect(before["models"] == nil && after["models"] == nil, "what stays is not said")
            #expect(after["criteria"]?["sha256"] == .string(Hexadecimal.encode(SHA256.hash(Self.secret))))
            #expect(after["criteria"]?["length"] == .integer(Int64(Self.secret.utf8.count)))
            #expect(kept.allSatisfy { !"\($0)".contains("board has decided") })
            let ended = try JSONParser.parse(try #require(kept[2].before))
            #expect(ended["digest"] == after["digest"] && kept[2].after == nil)
        }
    }

    @Test func everyKindOfThingLeavesOneEntryAChange() async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            let evaluator = try await caller.make("/v1/evaluators/", Self.evaluator("One", "Is {{response}} good?"))
            let judge = try await caller.make(
                "/v1/judges/",
                [
                    "name": "Panel", "intent": "To be good.",
                    "evaluator_references": [["id": .string(evaluator)]],
                ])
            let scale = try await caller.make("/v1/score-configs/", ["name": "Stars", "type": "continuous"])
            let project = try await caller.make("/v1/projects/", ["name": "Beside"])
            for (path, body) in [
                ("/v1/judges/\(judge)/", ["name": "Board"] as JSONValue),
                ("/v1/score-configs/\(scale)/", ["name": "Suns"]),
                ("/v1/projects/\(project)/", ["name": "Besides"]),
            ] {
                let changed = try await caller.send(.patch, path, body)
                #expect(changed.status == 200, "\(path): \(changed.text)")
            }
            let kept = try await server.kept(of: caller)
            for (subject, kind, old, new) in [
                ("judge:\(judge)", "judge", "Panel", "Board"),
                ("score_config:\(scale)", "score_config", "Stars", "Suns"),
                ("project:\(project)", "project", "Beside", "Besides"),
            ] {
                let own = kept.filter { $0.subject == subject }
                #expect(own.map(\.action) == ["\(kind).create", "\(kind).update"])
                #expect(try JSONParser.parse(try #require(own.last?.before))["name"] == .string(old))
                #expect(try JSONParser.parse(try #require(own.last?.after))["name"] == .string(new))
            }
            #expect(server.followed.all(of: caller).isEmpty)
        }
    }

    @Test func itemsAndWhatPeopleFoundOfThemAreKeptWithoutTheirWords() async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            let dataset = try await caller.make("/v1/datasets/", ["name": "Answers"])
            let item = try await caller.make("/v1/datasets/\(dataset)/items/", ["response": .string(Self.secret)])
            let annotation = try await caller.make(
                "/v1/annotations/", ["dataset_item": .string(item), "value": 0.5, "rationale": .string(Self.secret)])
            let found = try await caller.send(.patch, "/v1/annotations/\(annotation)/", ["value": 1])
            #expect(found.status == 200, "\(found.text)")
            #expect(try await caller.send(.delete, "/v1/annotations/\(annotation)/").status == 204)
            let revised = try await caller.send(
                .patch, "/v1/datasets/\(dataset)/items/\(item)/", ["response": "Otherwise"])
            #expect(revised.status == 200, "\(revised.text)")
            #expect(try await caller.send(.delete, "/v1/datasets/\(dataset)/items/\(item)/").status == 204)

            let kept = try await server.kept(of: caller)
            #expect(
                kept.map(\.action) == [
                    "dataset.create", "dataset.add_items", "annotation.create", "annotation.update",
                    "annotation.delete", "dataset_item.update", "dataset_item.archive",
                ])
            #expect(server.followed.all(of: caller).isEmpty, "nothing is told of twice")
            #expect(kept.allSatisfy { !"\($0)".contains("board has decided") })
            func before(_ place: Int) throws -> JSONValue { try JSONParser.parse(try #require(kept[place].before)) }
            func after(_ place: Int) throws -> JSONValue { try JSONParser.parse(try #require(kept[place].after)) }
            #expect(try before(1)["items_ever"] == 0 && after(1)["items_ever"] == 1 && after(1)["added"] == 1)
            #expect(try before(3)["value"]?.doubleValue == 0.5 && after(3)["value"]?.doubleValue == 1)
            #expect(try after(2)["rationale"]?["length"] == .integer(Int64(Self.secret.utf8.count)))
            #expect(kept[2].subject == "annotation:\(annotation)" && kept[4].after == nil)
            #expect(try before(5)["content"] != after(5)["content"])
            #expect(kept[5].subject == kept[6].subject)
        }
    }

    @Test func aJudgeThatIsClaimedIsKeptAsItCame() async throws {
        try await PublicServer.run { server in
            let scene = try await ProjectScene(server)
            let trial = TemporaryUsers(
                database: server.database, projects: server.product.projects, hash: ProductWorld.hash,
                terms: TemporaryUserTerms(
                    lifetime: .seconds(3600), budget: Money(nanoDollars: 1_000_000), most: 100, hourly: 100),
                identifiers: server.identifiers, changes: server.product.changes,
                audit: Audit(
                    database: server.database, identifiers: server.identifiers, logger: ProductWorld.logger))
            _ = try await trial.create(from: "192.0.2.1", requestID: nil)
            let row = try #require(
                try await server.database.query(
                    """
                    SELECT t.organization_id, t.user_id, p.id AS project_id FROM temporary_users t
                    JOIN projects p ON p.organization_id = t.organization_id
                    """
                ).first)
            let visitor = Principal(
                organizationID: try row.decode("organization_id"),
                user: UserReference(id: try row.decode("user_id"), email: "visitor@example.com", fullName: "Visitor"),
                credential: .absent, role: .engineer, scopes: .everything,
                defaultProjectID: try row.decode("project_id"))
            var draft = JudgeDraft()
            draft.name = "Tried"
            draft.intent = "To try."
            let judge = try await server.product.judges.create(draft, for: visitor)
            let token = try #require(try await trial.claimToken(for: judge.id, of: visitor))
            func claim(to project: String) async throws -> Answer {
                try await scene.granted.send(
                    .post, "/v1/judges/claim/",
                    ["claim_token": .string(token.uuidString), "project_id": .string(project)])
            }
            #expect(try await claim(to: scene.other).status == 403, "a role in a project takes it there only")
            let claimed = try await claim(to: scene.mine)
            #expect(claimed.status == 200, "\(claimed.text)")
            let kept = try await server.kept(of: scene.owner).filter { $0.action == "judge.claim" }
            #expect(kept.map(\.subject) == ["judge:\(judge.id)"])
            let after = try JSONParser.parse(try #require(kept.first?.after))
            #expect(after["name"] == "Tried" && after["project"] == .string(scene.mine))
        }
    }

    @Test func whatIsNotDoneIsToldOfOnce() async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            _ = try await caller.make("/v1/projects/", ["name": "Twice"])
            #expect(try await caller.send(.post, "/v1/projects/", ["name": "Twice"]).status == 400)
            #expect(try await caller.send(.delete, "/v1/evaluators/\(server.identifiers.uuid())/").status == 404)
            let kept = try await server.kept(of: caller)
            #expect(kept.map(\.outcome) == [.done, .failed])
            let told = server.followed.all(of: caller)
            #expect(told.map(\.permission) == [.evaluatorDelete], "what fails before it begins is the trail's to tell")
        }
    }
}

extension PublicServer {
    /// What the audit has of a caller's organisation, the oldest first.
    func kept(of caller: Caller) async throws -> [AuditEntry] {
        try await AuditStore(database: database).page(
            of: caller.principal.organizationID, andOfInstallation: false, matching: AuditFilter(),
            PageRequest(limit: 100, order: .oldestFirst)
        ).items.map(\.entry)
    }
}
