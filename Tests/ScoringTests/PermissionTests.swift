import FoundationEssentials
import Tenancy
import Testing

@Suite struct PermissionTests {
    @Test(arguments: zip(Permission.allCases, Permission.allCases.map { $0.rawValue.split(separator: ":") }))
    func everyPermissionIsAResourceAndAnAction(permission: Permission, parts: [Substring]) {
        #expect(parts.count == 2, "\(permission)")
    }

    @Test func theOwnerMayDoEverything() {
        #expect(Role.owner.permissions == Set(Permission.allCases))
    }

    @Test func whatIsNotGrantedIsDenied() {
        #expect(Role.auditor.permissions == [.organizationRead, .signInOwn, .auditRead])
        #expect(!Role.viewer.grants(.evaluatorExecute))
        #expect(!Role.annotator.grants(.evaluatorCreate))
        #expect(!Role.engineer.grants(.providerRead))
        #expect(!Role.admin.grants(.organizationUpdate))
    }

    /// Whoever sets an identity provider up has it say who anybody is, an owner too.
    @Test func onlyOwnersDecideWhoSaysWhoPeopleAre() {
        for role in Role.allCases {
            #expect(role.grants(.identityProviderUpdate) == (role == .owner), "\(role)")
        }
        #expect(Role.admin.grants(.identityProviderRead))
    }

    @Test func anOperatorSeesThatThingsRanAndNotWhatWasSaid() {
        #expect(Role.operator.grants(.executionLogList) && Role.operator.grants(.queueUpdate))
        #expect(!Role.operator.grants(.executionLogRead) && !Role.operator.grants(.evaluatorRead))
    }

    @Test func eachContentRoleIncludesTheOneBelow() {
        let ladder = [Role.viewer, .annotator, .engineer, .admin, .owner]
        for (lower, upper) in zip(ladder, ladder.dropFirst()) {
            #expect(lower.permissions.isStrictSubset(of: upper.permissions), "\(lower) in \(upper)")
        }
    }

    @Test func aKeyDoesNoMoreThanItsScopesAndItsOwner() throws {
        func principal(_ role: Role, _ scopes: Scopes) -> Principal {
            let id = UUID()
            return Principal(
                organizationID: OrganizationID(uuid: id),
                user: UserReference(id: UserID(uuid: id), email: "a@example.com", fullName: "A"),
                credential: .apiKey(APIKeyID(uuid: id)), role: role, scopes: scopes,
                defaultProjectID: ProjectID(uuid: id))
        }
        #expect(principal(.engineer, .everything).may(.evaluatorExecute))
        #expect(!principal(.viewer, .everything).may(.evaluatorExecute))
        let narrow = principal(.owner, .only([.evaluatorExecute]))
        #expect(narrow.may(.evaluatorExecute))
        let denied = #expect(throws: PermissionDenied.self) { try narrow.require(.evaluatorRead) }
        #expect(denied?.permission == .evaluatorRead)
    }

    @Test func scopesSurviveBeingStored() {
        for scopes in [Scopes.everything, .only([]), .only([.judgeRead, .judgeExecute])] {
            #expect(Scopes(words: scopes.words) == scopes)
        }
        #expect(Scopes(words: ["judge:read", "rocket:launch"]) == .only([.judgeRead]))
    }

    @Test func aKeyEndsByExpiryAndByRevocation() {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        func key(expiresAt: Date?, revokedAt: Date?) -> APIKey {
            APIKey(
                id: APIKeyID(uuid: UUID()), organizationID: OrganizationID(uuid: UUID()), projectID: nil,
                ownerID: UserID(uuid: UUID()), name: "k", prefix: "sk_", scopes: .everything, createdAt: now,
                expiresAt: expiresAt, lastUsedAt: nil, revokedAt: revokedAt)
        }
        #expect(key(expiresAt: nil, revokedAt: nil).isUsable(at: now))
        #expect(key(expiresAt: now.addingTimeInterval(1), revokedAt: nil).isUsable(at: now))
        #expect(!key(expiresAt: now, revokedAt: nil).isUsable(at: now))
        #expect(!key(expiresAt: nil, revokedAt: now).isUsable(at: now))
    }

    @Test func aSessionEndsWhenIdleAndInAnyCaseAtItsEnd() {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        let session = Session(
            id: SessionID(uuid: UUID()), organizationID: OrganizationID(uuid: UUID()), userID: UserID(uuid: UUID()),
            createdAt: now, idleExpiresAt: now.addingTimeInterval(60), expiresAt: now.addingTimeInterval(100))
        #expect(session.isValid(at: now.addingTimeInterval(59)) && !session.isValid(at: now.addingTimeInterval(60)))
        let later = now.addingTimeInterval(50)
        #expect(session.idleExpiry(afterActivityAt: later, limit: .seconds(30)) == now.addingTimeInterval(80))
        #expect(session.idleExpiry(afterActivityAt: later, limit: .seconds(60)) == session.expiresAt)
    }
}

@Suite struct APIKeyTextTests {
    private let key = APIKeyText(randomness: (0..<32).map { UInt8($0 * 7) })

    @Test func aKeyIsRecognisedByItsFormAndChecksum() {
        #expect(key.secret.hasPrefix("sk_") && key.secret.count == 52)
        #expect(APIKeyText(key.secret) == key)
        #expect(key.prefix == String(key.secret.prefix(10)))
    }

    @Test func oneChangedCharacterIsNoticed() {
        for index in key.secret.indices.dropFirst(3) {
            var text = key.secret
            text.replaceSubrange(index...index, with: key.secret[index] == "x" ? "y" : "x")
            #expect(APIKeyText(text) == nil)
        }
    }

    @Test(arguments: ["", "sk_", "pk_0000", "sk_" + String(repeating: "é", count: 49), "Bearer x"])
    func whatIsNoKeyIsRefused(text: String) {
        #expect(APIKeyText(text) == nil)
    }

    @Test func extremeRandomnessKeepsTheForm() {
        for byte in [UInt8.min, .max] {
            let key = APIKeyText(randomness: Array(repeating: byte, count: 32))
            #expect(key.secret.count == 52 && APIKeyText(key.secret) != nil)
        }
    }

    @Test func aKeyDoesNotPrintItself() {
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped] {
            #expect(!text.contains(key.secret))
        }
    }
}
