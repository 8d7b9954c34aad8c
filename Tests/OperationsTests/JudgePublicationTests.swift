import EventLoop
import HTTPMessages
import Logging
import Operations
import Scoring
import Tenancy
import Testing

/// Who may show a judge to every organisation.
@Suite struct JudgePublicationTests {
    /// The tenant as somebody who tries the product without an account.
    private func visitor(_ tenant: Tenant) -> Principal {
        let owner = tenant.principal(.engineer)
        return Principal(
            organizationID: owner.organizationID, user: owner.user, credential: .apiKey(tenant.rig.identifiers.next()),
            role: .engineer, scopes: .temporaryUser, defaultProjectID: owner.defaultProjectID)
    }

    private func draft(_ visibility: Visibility?) -> JudgeDraft {
        var draft = JudgeDraft()
        draft.name = "Shown"
        draft.intent = "To judge."
        draft.visibility = visibility
        return draft
    }

    @Test func aVisitorPublishesNoJudge() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let (visitor, judges) = (visitor(tenant), rig.product.judges)
            let refused = await #expect(throws: PermissionDenied.self) {
                try await judges.create(draft(.public), for: visitor)
            }
            #expect(refused?.permission == .judgePublish)
            let judge = try await judges.create(draft(.private), for: visitor)
            await #expect(throws: PermissionDenied.self) {
                try await judges.update(judge.id, draft(.public), for: visitor)
            }
            #expect(try await judges.find(judge.id, for: visitor).visibility == .private)
        }
    }

    @Test func aVisitorHasNoPublicJudgeGenerated() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            var wish = JudgeWish(intent: "A support bot answers questions about refunds.")
            wish.visibility = .public
            let context = CallContext(
                requestID: "req", deadline: .after(.seconds(10)), propagation: [:], logger: Logger(label: "test"))
            let refused = await #expect(throws: PermissionDenied.self) {
                try await rig.product.judgeGenerator.generate(wish, for: visitor(tenant), context)
            }
            #expect(refused?.permission == .judgePublish, "before a model is asked")
        }
    }

    @Test func aJudgeThatIsPublicMayBeChangedByWhoeverMayChangeJudges() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let judges = rig.product.judges
            let judge = try await judges.create(draft(.public), for: tenant.principal(.engineer))
            #expect(judge.visibility == .public)
            let changed = try await judges.update(judge.id, draft(.public), for: visitor(tenant))
            #expect(changed.version.number == 2 && changed.visibility == .public)
        }
    }
}
