import Access
import FoundationEssentials
import HTTPMessages
@testable import IngestGate
import Operations
import Postgres
import Records
import Scoring
import Stores
import Tenancy
import Testing
import WireAPI

/// Every operation, for every role, on what others have and on what there is not: what the permission table says, and
/// nothing else.
@Suite(.serialized) struct PermissionTableTests {
    /// What nobody needs a session for, and why.
    private static let forEverybody = [
        "POST /internal/session": "who signs in has no session yet",
        "GET /internal/single-sign-on": "a console asks how one signs in before anybody has",
        "POST /internal/device-logins": "who signs in has no session yet",
        "POST /internal/device-logins/token": "who signs in has no session yet",
    ]

    /// What does not end by itself.
    private static let streams: Set = [OperatorEvent.path]

    /// What changes something, or carries something out, with a permission to read: why that is enough.
    private static let moreThanTheyAsk = [
        "/internal/evaluators/documents": "the operation asks for what the document would do",
        "/internal/judges/documents": "the operation asks for what the document would do",
        OperatorExport.path: "it only writes down what one may read",
        OperatorImport.path: "the operation asks for what the documents would do",
        OperatorPlanDraft.path: "the operation asks for what the plan would do",
        OperatorLogExport.path: "it only writes down what one may read; ending it depends on whose it is",
        OperatorProfile.path: "it is one's own",
        "/internal/executions/{id}/run-again": "the operation asks whether one may execute what was executed",
        "/internal/datasets/{id}/batches": "the operation asks whether one may execute what is named",
        "/internal/identity-providers/{id}/test": "it only looks",
    ]

    @Test func everyOperationIsInTheTableOrForEverybodyWithAReason() async throws {
        try await OperatorServer.run { server in
            #expect(server.operations.count > 150)
            let open = server.operations.filter { $0.rule == nil }.map(\.words)
            #expect(Set(open) == Set(Self.forEverybody.keys))
            for operation in server.operations where operation.rule != nil {
                let answer = try await server.raw(operation.method, operation.path(filledBy: [:]))
                #expect(answer.status == 401, "\(operation.words): \(answer.status)")
            }
        }
    }

    @Test func whatChangesSomethingAsksForMoreThanReading() async throws {
        try await OperatorServer.run { server in
            for operation in server.operations where operation.method != .get {
                guard let permission = operation.rule?.permission, permission != .signInOwn else { continue }
                let isExcepted = Self.moreThanTheyAsk.keys.contains { operation.path.hasPrefix($0) }
                let reads = permission.rawValue.hasSuffix(":read") || permission.rawValue.hasSuffix(":list")
                #expect(!reads || isExcepted, "\(operation.words) needs \(permission.rawValue) only")
            }
        }
    }

    @Test(arguments: Role.allCases)
    func everyRoleMayDoWhatTheTableSays(role: Role) async throws {
        try await OperatorServer.run { server in
            let (tenant, other) = (try await server.tenant(), try await server.tenant())
            let theirs = try await Self.things(of: other)
            let viewer = try await tenant.viewer(role)
            var counts = (allowed: 0, refused: 0)
            for operation in server.operations {
                guard let permission = operation.rule?.permission else { continue }
                let isAllowed = role.grants(permission)
                if isAllowed { counts.allowed += 1 } else { counts.refused += 1 }
                if isAllowed, Self.streams.contains(operation.path) { continue }
                // Some of these end the session that asks.
                let isOfSession = operation.path.hasPrefix(OperatorSignIn.path)
                let caller = isOfSession ? try await tenant.viewer(role) : viewer
                for path in Set([operation.path(filledBy: theirs), operation.path(filledBy: [:])]) {
                    let answer = try await caller.raw(
                        server, operation.method, path, operation.hasBody ? #"{"name":"Other"}"# : nil)
                    let said = "\(role) \(operation.words) \(permission.rawValue): \(answer.status) \(answer.text)"
                    #expect(Self.isRight(answer, operation, isAllowed: isAllowed), "\(said)")
                    #expect(!answer.text.contains("Theirs"), "\(said)")
                }
            }
            #expect(counts.allowed > 0 && counts.allowed + counts.refused > 150)
            print("\(role): \(counts.allowed) operations allowed, \(counts.refused) refused, on \(theirs.count) kinds")
        }
    }

    /// Whether a call on things of others was answered as the table wants it.
    private static func isRight(_ answer: RawAnswer, _ operation: ProtectedOperation, isAllowed: Bool) -> Bool {
        guard isAllowed else { return answer.status == 403 && answer.text.contains(tableRefusal) }
        // What concerns the whole installation is refused in other words.
        if answer.status == 403 { return !answer.text.contains(tableRefusal) }
        guard operation.path.contains("{") else { return answer.status < 500 && answer.status != 401 }
        return answer.status == 404 || operation.hasBody && answer.status == 400
    }

    private static let tableRefusal = "You do not have permission to perform this action."

    /// What only the role in the organisation opens, although a role in a project may have the permission, and why.
    private static let ofTheOrganization = [
        OperatorModel.path: "every project uses them: they are changed where all of these count",
        OperatorProvider.path: "every project uses them and pays for them",
        OperatorServerProbeWish.path: "it goes out in the organisation's name",
        OperatorDrainWish.path: "it stops what every project uses",
        "/internal/prices": "they hold for what every project uses",
        "/internal/budgets": "the organisation pays",
        "/internal/spending": "the organisation pays",
        OperatorDashboard.path: "it is about all projects at once",
        OperatorLogExport.path: "an export is of whatever its filter finds in all projects",
        OperatorUser.path: "people are the organisation's", OperatorInvitation.path: "people are the organisation's",
        OperatorNewServiceAccount.path: "people are the organisation's",
        OperatorAPIKey.path: "keys are people's, and people are the organisation's",
        OperatorSessionPage.path: "sessions are people's",
        "/internal/sign-in-policy": "one signs in to an organisation",
        OperatorIdentityProvider.path: "one signs in to an organisation",
        OperatorQueue.path: "queues, jobs and workers serve all projects",
        "/internal/queue-": "queues, jobs and workers serve all projects",
        OperatorJobPage.path: "queues, jobs and workers serve all projects",
        "/internal/job-": "queues, jobs and workers serve all projects",
        "/internal/dead-letters": "queues, jobs and workers serve all projects",
        OperatorBatch.path: "queues, jobs and workers serve all projects",
        OperatorWorker.path: "queues, jobs and workers serve all projects",
        "/internal/schedules": "queues, jobs and workers serve all projects",
        OperatorWebhook.path: "they tell of what happens in all projects",
        "/internal/audit": "it is of the whole organisation",
        OperatorRetention.path: "what goes is gone for everybody, and holds are the organisation's",
        "/internal/storage": "disks are the installation's",
        "/internal/diagnosis": "it is of the whole installation",
        "/internal/instances": "it is of the whole installation",
    ]

    @Test func whatARoleInAProjectDoesNotOpenIsOfTheOrganizationWithAReason() async throws {
        try await OperatorServer.run { server in
            let inProjects = Set(ProjectGrant.roles.flatMap(\.permissions)).subtracting(Role.auditor.permissions)
            for operation in server.operations {
                guard let rule = operation.rule else { continue }
                if rule.place != nil { #expect(Permission.inProjects.contains(rule.permission), "\(operation.words)") }
                guard rule.place == nil, inProjects.contains(rule.permission) else { continue }
                #expect(
                    Self.ofTheOrganization.keys.contains { operation.path.hasPrefix($0) }, "\(operation.words)")
            }
        }
    }

    @Test(arguments: ProjectGrant.roles)
    func aRoleInAProjectCountsThereAndNowhereElse(role: Role) async throws {
        try await OperatorServer.run { server in
            let scene = try await ProjectScene(server, granted: role)
            // What is deleted is tried last, and what lies in something before it.
            let deletions = server.operations.filter { $0.method == .delete }.sorted { $0.path.count > $1.path.count }
            var allowed = 0
            for operation in server.operations.filter({ $0.method != .delete }) + deletions {
                guard let rule = operation.rule, !Role.auditor.grants(rule.permission),
                    !Self.streams.contains(operation.path)
                else { continue }
                func said(_ answer: RawAnswer) -> String {
                    "\(role) \(operation.words) \(rule.permission.rawValue): \(answer.status) \(answer.text)"
                }
                func send(_ things: ProjectScene.Things) async throws -> RawAnswer {
                    try await scene.granted.raw(
                        server, operation.method, operation.path(filledBy: things.byPath),
                        operation.hasBody ? #"{"name":"Other"}"# : nil)
                }
                let elsewhere = try await send(scene.other)
                #expect(!elsewhere.text.contains("Theirs") && elsewhere.status < 500, "\(said(elsewhere))")
                guard rule.place != nil, role.grants(rule.permission) else {
                    #expect(elsewhere.status == 403, "\(said(elsewhere))")
                    continue
                }
                guard operation.path.contains("{") else {
                    #expect(elsewhere.status != 401, "\(said(elsewhere))")
                    if operation.method == .get { #expect(elsewhere.status != 403, "\(said(elsewhere))") }
                    continue
                }
                let isRefused = [403, 404].contains(elsewhere.status) || operation.hasBody && elsewhere.status == 400
                #expect(isRefused, "\(said(elsewhere))")
                guard operation.isOfOneThing(among: scene.mine.byPath) else { continue }
                let there = try await send(scene.mine)
                #expect(![401, 403, 404].contains(there.status) && there.status < 500, "\(said(there))")
                allowed += 1
            }
            #expect(allowed >= 3)
        }
    }

    /// Whoever needs one of these for a POST is about to store much.
    private static let storing: Set<Permission> = [
        .evaluatorExecute, .judgeExecute, .modelExecute, .traceCreate, .fileCreate, .datasetCreate, .datasetUpdate,
        .calibrationCreate,
    ]
    /// As is who posts to these, although not by the permission.
    private static let storingToo = [
        OperatorLogExport.path, "/internal/executions/{id}/run-again", "/internal/datasets/{id}/batches",
    ]

    @Test func whatWouldStoreMuchIsRefusedBeforeADiskIsFull() async throws {
        try await OperatorServer.run { server in
            let taking = server.operations.filter { operation in
                guard operation.method == .post, let permission = operation.rule?.permission else { return false }
                return Self.storing.contains(permission) && !operation.path.hasSuffix("/cancel")
                    || Self.storingToo.contains(operation.path)
            }
            #expect(taking.count > 8)
            for operation in taking {
                #expect(Ingest.includes(operation.method, operation.path), "\(operation.words) goes on")
            }
            // What makes room and what ends something goes on, and so does signing in.
            for operation in server.operations where operation.method == .delete || operation.rule == nil {
                #expect(!Ingest.includes(operation.method, operation.path), "\(operation.words) is refused")
            }
        }
    }

    @Test func whatIsDangerousWantsAConfirmationOfAMomentAgo() async throws {
        try await OperatorServer.run { server in
            let owner = try await server.tenant().viewer(.owner)
            try await server.database.execute(
                "UPDATE sessions SET confirmed_at = now() - interval '11 minutes' WHERE id = \(owner.session.id)")
            let dangerous = server.operations.filter { $0.rule?.wantsConfirmation == true }
            #expect(dangerous.count > 5)
            for operation in dangerous {
                let answer = try await owner.raw(
                    server, operation.method, operation.path(filledBy: [:]), operation.hasBody ? "{}" : nil)
                #expect(
                    answer.status == 403 && answer.text.contains(#""code":"confirmation_required""#),
                    "\(operation.words): \(answer.status) \(answer.text)")
            }
        }
    }

    /// Something of every kind that an organisation has, by the paths where it is looked for.
    private static func things(of tenant: Tenant) async throws -> [String: String] {
        let owner = try await tenant.viewer(.owner)
        let evaluator = try await tenant.evaluator("Theirs")
        let judge = try await tenant.judge("Theirs", [evaluator])
        let dataset = try await owner.ask(.makeDataset(OperatorDatasetDraft(name: "Theirs")))
        let provider = try await owner.ask(
            .addProvider(OperatorProviderDraft(kind: "openai", name: "Theirs", url: "https://theirs.example")))
        let model = try await owner.ask(
            .addModel(OperatorModelDraft(name: "Theirs", providerID: provider.id, upstreamModel: "gpt")))
        let budget = try await owner.ask(
            .addBudget(OperatorBudgetDraft(scope: .organization, period: .day, limit: 500)))
        let webhook = try await owner.ask(.addWebhook(OperatorWebhookDraft(url: "https://theirs.example/hook")))
        let key = try await owner.ask(.makeKey(OperatorAPIKeyDraft(name: "Theirs")))
        let ids: [String: UUID] = [
            "/internal/evaluators": evaluator.id.uuid, "/internal/judges": judge.id.uuid,
            OperatorDataset.path: dataset.id, OperatorProject.path: tenant.project.id.uuid,
            "/internal/executions": try await tenant.log("Theirs").id.uuid,
            "/internal/providers": provider.id, OperatorModel.path: model.id, "/internal/budgets": budget.id,
            OperatorWebhook.path: webhook.webhook.id, OperatorAPIKey.path: key.key.id,
            OperatorUser.path: owner.user.id.uuid, OperatorOpenSession.path: owner.session.id.uuid,
            OperatorSessionPage.path: owner.session.id.uuid,
        ]
        return ids.mapValues { $0.uuidString.lowercased() }
    }
}

extension ProtectedOperation {
    fileprivate var words: String { "\(method) \(path)" }
    fileprivate var hasBody: Bool { method != .get && method != .delete }

    /// Whether nothing but one of those things is wanted for it. What was not deleted cannot be restored, and labelling wants
    /// a scale.
    fileprivate func isOfOneThing(among things: [String: String]) -> Bool {
        things.keys.contains { path.hasPrefix($0 + "/{id}") } && path.split(separator: "{").count == 2
            && !["/restore", "/labelling"].contains { path.hasSuffix($0) }
    }

    /// A path whose first parameter means the thing that is looked for there, and what there is not where that is none.
    fileprivate func path(filledBy things: [String: String]) -> String {
        var known = things.first { path.hasPrefix($0.key + "/{") }?.value
        let parts = path.split(separator: "/").map { part -> String in
            guard part.first == "{" else { return String(part) }
            defer { known = nil }
            return known ?? UUID().uuidString.lowercased()
        }
        // From which state something is deleted is said in the query, and by which scale something is labelled.
        let query = path.hasSuffix("/labelling") ? "?scale=\(UUID())" : method == .delete ? "?revision=1" : ""
        return "/" + parts.joined(separator: "/") + query
    }
}
