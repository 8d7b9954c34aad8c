import JSON
import Testing

@testable import SCIM

/// What operations of PATCH make of a resource: as RFC 7644 §3.5.2 has it, and as identity providers write them.
@Suite struct PatchTests {
    private static let person: JSONObject = [
        "userName": "ann@x.org", "name": ["givenName": "Ann", "familyName": "Ash"], "active": true,
        "emails": [
            ["value": "ann@x.org", "type": "work", "primary": true], ["value": "ann@home.org", "type": "home"],
        ],
    ]
    private static let group: JSONObject = ["displayName": "Staff", "members": [["value": "1"], ["value": "2"]]]

    private func patched(
        _ members: JSONObject, _ schema: ResourceSchema, _ operations: [JSONValue]
    ) async throws -> JSONObject {
        let request = try PatchRequest(["schemas": ["x"], "Operations": .array(operations)])
        return try await request.applied(to: members, of: schema)
    }

    private func person(_ operations: JSONValue...) async throws -> JSONObject {
        try await patched(Self.person, .user, operations)
    }

    private func members(_ operations: JSONValue...) async throws -> [String] {
        let group = try await patched(Self.group, .group, operations)
        return (group["members"]?.arrayValue ?? []).compactMap { $0["value"]?.stringValue }
    }

    @Test func oneValueIsAddedReplacedAndRemoved() async throws {
        #expect(try await person(["op": "add", "path": "displayName", "value": "Ann A."])["displayName"] == "Ann A.")
        #expect(try await person(["op": "replace", "path": "userName", "value": "b"])["userName"] == "b")
        #expect(
            try await person(["op": "replace", "path": "name.givenName", "value": "Anna"])["name"]?["givenName"]
                == "Anna")
        #expect(try await person(["op": "remove", "path": "name.givenName"])["name"] == ["familyName": "Ash"])
        #expect(try await person(["op": "remove", "path": "name"])["name"] == nil)
        #expect(try await person(["op": "remove", "path": "displayName"])["displayName"] == nil)
        // What is not named of something with parts stays.
        let merged = try await person(["op": "replace", "path": "name", "value": ["formatted": "Ann Ash"]])
        #expect(merged["name"] == ["givenName": "Ann", "familyName": "Ash", "formatted": "Ann Ash"])
        // By its whole name, in whatever case.
        let core = "urn:ietf:params:scim:schemas:core:2.0:User"
        #expect(
            try await person(["op": "Replace", "path": .string("\(core):DISPLAYNAME"), "value": "A"])["displayName"]
                == "A")
    }

    @Test func elementsAreChosenByFilters() async throws {
        let changed = try await person(
            ["op": "replace", "path": #"emails[type eq "home"].value"#, "value": "a@new.org"])
        #expect(changed["emails"]?[1] == ["value": "a@new.org", "type": "home"])
        let removed = try await person(["op": "remove", "path": #"emails[type eq "home" or primary eq false]"#])
        #expect(removed["emails"]?.arrayValue?.count == 1)
        let part = try await person(["op": "remove", "path": #"emails[value sw "ANN@HOME"].type"#])
        #expect(part["emails"]?[1] == ["value": "ann@home.org"])
        let whole = try await person(
            ["op": "replace", "path": #"emails[type eq "work"]"#, "value": ["value": "w@x.org"]])
        #expect(whole["emails"]?[0] == ["value": "w@x.org", "type": "work", "primary": true])
        // Nothing to be removed is no mistake; nothing to be replaced is one.
        #expect(
            try await person(["op": "remove", "path": #"emails[type eq "other"]"#])["emails"]?.arrayValue?.count == 2)
        await #expect {
            try await person(["op": "replace", "path": #"emails[type eq "hobby"].value"#, "value": "o@x"])
        } throws: {
            ($0 as? SCIMProblem)?.kind == .noTarget
        }
    }

    @Test func onlyOneIsThePrimaryOne() async throws {
        let added = try await person(
            ["op": "add", "path": "emails", "value": [["value": "n@x.org", "primary": true]]])
        let flags = added["emails"]?.arrayValue?.map { $0["primary"] == true }
        #expect(flags == [false, false, true])
        let changed = try await person(["op": "replace", "path": #"emails[type eq "home"].primary"#, "value": true])
        #expect(changed["emails"]?.arrayValue?.map { $0["primary"] == true } == [false, true])
    }

    @Test func membersComeAndGo() async throws {
        #expect(
            try await members(["op": "add", "path": "members", "value": [["value": "3"], ["value": "1"]]]) == [
                "1", "2", "3",
            ])
        #expect(try await members(["op": "remove", "path": #"members[value eq "1"]"#]) == ["2"])
        #expect(try await members(["op": "remove", "path": #"members[value eq "1" or value eq "2"]"#]) == [])
        #expect(
            try await members(["op": "replace", "path": "members", "value": [["value": "9"], ["value": "9"]]]) == ["9"])
        #expect(try await members(["op": "replace", "path": "members", "value": []]) == [])
        #expect(try await members(["op": "remove", "path": "members"]) == [])
        #expect(
            try await members(
                ["op": "remove", "path": #"members[value eq "1"]"#],
                ["op": "add", "path": "members", "value": [["value": "4"]]]) == ["2", "4"])
    }

    // MARK: As identity providers write them

    @Test func entraWritesItsOwnWay() async throws {
        // Capitals, texts for truth, paths as names.
        #expect(try await person(["op": "Replace", "path": "active", "value": "False"])["active"] == false)
        let whole = try await person([
            "op": "Add",
            "value": [
                "name.givenName": "Anna", "displayName": "Anna Ash", "active": "True",
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department": "R&D",
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": ["manager": "4711"],
            ],
        ])
        #expect(whole["name"] == ["givenName": "Anna", "familyName": "Ash"] && whole["displayName"] == "Anna Ash")
        #expect(whole.count == Self.person.count + 1)
        // An address of a type that is not there yet.
        let added = try await patched(
            ["userName": "a"], .user, [["op": "Add", "path": #"emails[type eq "work"].value"#, "value": "a@x.org"]])
        #expect(added["emails"] == [["type": "work", "value": "a@x.org"]])
        // Who is to be removed stands in the value.
        let remove: JSONValue = ["op": "Remove", "path": "members", "value": [["$ref": nil, "value": "2"]]]
        #expect(try await members(remove) == ["1"])
        // Members as texts.
        #expect(try await members(["op": "add", "path": "members", "value": "3"]) == ["1", "2", "3"])
        // Attributes that are of no use here.
        let path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager"
        #expect(try await person(["op": "Add", "path": .string(path), "value": "4711"]) == Self.person)
        #expect(
            try await person(["op": "Replace", "path": #"phoneNumbers[type eq "work"].value"#, "value": "1"])
                == Self.person)
    }

    @Test func entraReplacesAndRemovesTheAddressOfAKind() async throws {
        let bare: JSONObject = ["userName": "a@x.org"]
        let work = #"emails[type eq "work"].value"#
        let replaced = try await patched(bare, .user, [["op": "Replace", "path": .string(work), "value": "a@x.org"]])
        #expect(replaced["emails"] == [["type": "work", "value": "a@x.org"]])
        let primary = try await patched(
            bare, .user, [["op": "Add", "path": #"emails[primary eq "True"].value"#, "value": "a@x.org"]])
        #expect(primary["emails"] == [["primary": true, "value": "a@x.org"]])
        let removed = try await person(["op": "Remove", "path": .string(work)])
        #expect(removed["emails"] == [["value": "ann@home.org", "type": "home"]])
        // Older applications of it wrap what has one value.
        let wrapped = try await person(
            ["op": "Replace", "path": "displayName", "value": [["$ref": nil, "value": "Ann A."]]],
            ["op": "Replace", "path": "active", "value": [["value": "False"]]])
        #expect(wrapped["displayName"] == "Ann A." && wrapped["active"] == false)
        // Applications' roles and managers are none of our business, however they are written.
        let manager = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager"
        let others: [JSONValue] = [
            ["op": "Add", "path": #"roles[primary eq "True"].value"#, "value": "admin"],
            ["op": "Add", "path": "roles", "value": [["value": "{\"id\":\"1\"}"]]],
            ["op": "Add", "path": .string(manager), "value": ["value": "4711"]],
            ["op": "Replace", "path": "urn:ietf:params:scim:schemas:extension:Acme:2.0:User:tag", "value": "x"],
        ]
        #expect(try await patched(Self.person, .user, others) == Self.person)
    }

    @Test func manyStepsOnMembersAreOne() throws {
        let ids = (0..<300).map { "\($0)" }
        let removals = ids.map { ["op": "remove", "path": .string("members[value eq \"\($0)\"]")] as JSONValue }
        let additions = ids.map { ["op": "Add", "path": "members", "value": [["value": .string($0)]]] as JSONValue }
        let rename: JSONValue = ["op": "replace", "path": "displayName", "value": "x"]
        let request = try PatchRequest(["Operations": .array(removals + additions + [rename] + removals)])
        let gathered = request.operations.gathered(for: .group)
        #expect(gathered.map(\.kind) == [.remove, .add, .replace, .remove])
        #expect(gathered.map { $0.value?.arrayValue?.count ?? 0 } == [300, 300, 0, 300])
        // Of people one step may depend on the one before.
        let addresses = try PatchRequest([
            "Operations": [
                ["op": "add", "path": "emails", "value": [["value": "a@x", "primary": true]]],
                ["op": "add", "path": "emails", "value": [["value": "b@x", "primary": true]]],
            ]
        ])
        #expect(addresses.operations.gathered(for: .user).count == 2)
    }

    @Test func oktaWritesItsOwnWay() async throws {
        #expect(try await person(["op": "replace", "value": ["active": false]])["active"] == false)
        let group = try await patched(
            Self.group, .group, [["op": "replace", "value": ["id": "4711", "displayName": "Everybody"]]])
        #expect(group["displayName"] == "Everybody" && group["members"] == Self.group["members"])
    }

    @Test func othersWriteTheirOwnWay() async throws {
        // OneLogin replaces with everything; JumpCloud and Google without a path.
        let replaced = try await person(
            ["op": "replace", "value": ["emails": [["value": "z@x.org", "type": "work", "primary": "true"]]]])
        #expect(replaced["emails"] == [["value": "z@x.org", "type": "work", "primary": true]])
        #expect(try await members(["op": "add", "value": ["members": [["value": "3"]]]]) == ["1", "2", "3"])
        let schemas = try await person(["op": "add", "path": "schemas", "value": ["urn:x"]])
        #expect(schemas == Self.person)
    }

    // MARK: What is refused

    @Test(arguments: [
        (#"{"op": "replace", "path": "id", "value": "x"}"#, SCIMProblem.Kind.mutability),
        (#"{"op": "add", "path": "groups", "value": []}"#, .mutability),
        (#"{"op": "replace", "path": "meta.created", "value": "x"}"#, .mutability),
        (#"{"op": "replace", "path": "favouriteColour", "value": "red"}"#, .invalidPath),
        (#"{"op": "replace", "path": "emails[", "value": "red"}"#, .invalidPath),
        (#"{"op": "replace", "path": "emails[colour pr].value", "value": "red"}"#, .invalidPath),
        (#"{"op": "replace", "path": "userName[type pr]", "value": "red"}"#, .invalidPath),
        (#"{"op": "replace", "path": 7, "value": "red"}"#, .invalidPath),
        (#"{"op": "remove"}"#, .noTarget),
        (#"{"op": "remove", "path": "userName"}"#, .invalidValue),
        (#"{"op": "replace", "path": "active"}"#, .invalidValue),
        (#"{"op": "replace", "path": "active", "value": "perhaps"}"#, .invalidValue),
        (#"{"op": "replace", "path": "userName", "value": {"a": 1}}"#, .invalidValue),
        (#"{"op": "replace", "path": "emails", "value": [1]}"#, .invalidValue),
        (#"{"op": "replace", "value": "x"}"#, .invalidValue),
        (#"{"op": "move", "path": "userName", "value": "x"}"#, .invalidSyntax),
        (#""replace""#, .invalidSyntax),
    ])
    func whatCannotBeDoneIsRefusedWithItsKind(operation: String, kind: SCIMProblem.Kind) async throws {
        let value = try JSONParser.parse(operation)
        await #expect { try await person(value) } throws: { ($0 as? SCIMProblem)?.kind == kind }
    }

    @Test func aBodyWithoutOperationsIsRefused() {
        #expect { try PatchRequest(["userName": "x"]) } throws: { ($0 as? SCIMProblem)?.kind == .invalidSyntax }
        let many = JSONValue.array(Array(repeating: ["op": "remove", "path": "name"], count: 1001))
        #expect { try PatchRequest(["Operations": many]) } throws: { ($0 as? SCIMProblem)?.kind == .tooMany }
    }
}
