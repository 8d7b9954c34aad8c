import HTTPMessages
import JSON
import Tenancy
import Testing

/// People as identity providers keep them.
@Suite struct UserTests {
    @Test func aPersonIsMadeReadReplacedAndTakenAway() async throws {
        try await SCIMServer.run { server in
            let provider = try await server.tenant()
            let name = provider.name("ann")
            let made = try await provider.make(
                name, ["externalId": "4711", "name": ["givenName": "Ann", "familyName": "Ash"], "title": "Dr."])
            #expect(made.status == 201, "\(made.text)")
            #expect(made.headers["content-type"] == "application/scim+json")
            let location = try #require(made["meta"]["location"]?.stringValue)
            #expect(made.headers["location"] == location && location.hasSuffix("/scim/v2/Users/\(made.id)"))
            #expect(made["meta"]["resourceType"] == "User" && made["meta"]["created"]?.stringValue != nil)
            #expect(made["active"] == true && made["externalId"] == "4711" && made["title"] == .null)
            #expect(made["name"] == ["givenName": "Ann", "familyName": "Ash"] && made["displayName"] == .null)
            let user = try await provider.user(made.id)
            #expect(user.email == name && user.fullName == "Ann Ash" && user.role == .viewer && !user.isDisabled)

            let read = try await provider.get("/Users/\(made.id)")
            #expect(read.json == made.json && read.headers["etag"] == made.headers["etag"])

            let replaced = try await provider.send(
                .put, "/Users/\(made.id)",
                [
                    "id": "ignored", "userName": .string(provider.name("anna")), "displayName": "Anna A.",
                    "emails": [["value": .string(provider.name("anna.work")), "type": "work"]],
                ])
            #expect(replaced.status == 200 && replaced.id == made.id, "\(replaced.text)")
            #expect(
                replaced["externalId"] == .null && replaced["name"] == .null && replaced["displayName"] == "Anna A.")
            #expect(replaced.headers["etag"] != made.headers["etag"])
            let changed = try await provider.user(made.id)
            #expect(changed.email == provider.name("anna.work") && changed.fullName == "Anna A.")

            #expect(try await provider.send(.delete, "/Users/\(made.id)").status == 204)
            #expect(try await provider.get("/Users/\(made.id)").status == 404)
            #expect(try await provider.send(.delete, "/Users/\(made.id)").status == 404)
            #expect(try await provider.find("id eq \"\(made.id)\"")["totalResults"] == 0)
            #expect(try await provider.user(made.id).isDisabled)
        }
    }

    @Test func whoWasTakenAwayComesBackAsTheSamePerson() async throws {
        try await SCIMServer.run { server in
            let provider = try await server.tenant()
            let made = try await provider.make(provider.name("ann"), ["externalId": "1"])
            #expect(try await provider.send(.delete, "/Users/\(made.id)").status == 204)
            let back = try await provider.make(provider.name("ANN"), ["externalId": "2"])
            #expect(back.status == 201 && back.id == made.id && back["externalId"] == "2", "\(back.text)")
            #expect(try await !provider.user(made.id).isDisabled)
            // By the address, too, when they are called otherwise now.
            #expect(try await provider.send(.delete, "/Users/\(made.id)").status == 204)
            let renamed = try await provider.make(
                "ann.new", ["emails": [["value": .string(provider.name("ann"))]], "active": false])
            #expect(renamed.id == made.id && renamed["userName"] == "ann.new" && renamed["active"] == false)
            #expect(try await provider.user(made.id).isDisabled)
            #expect(try await provider.get("/Users/\(made.id)").status == 200)
        }
    }

    @Test func namesAndAddressesAreUnique() async throws {
        try await SCIMServer.run { server in
            let (provider, other) = (try await server.tenant(), try await server.tenant())
            let (ann, bob) = (provider.name("ann"), provider.name("bob"))
            #expect(try await provider.make(ann).status == 201)
            let second = try await provider.make(bob)
            for answer in [
                try await provider.make(provider.name("ANN")),
                try await provider.make("someone", ["emails": [["value": .string(ann)]]]),
                // Of somebody in another organisation.
                try await other.make("someone", ["emails": [["value": .string(ann)]]]),
                // Of somebody whom no identity provider has made.
                try await provider.make(provider.owner.email),
                try await provider.patch(
                    "/Users/\(second.id)", ["op": "replace", "path": "userName", "value": .string(ann)]),
                try await provider.patch(
                    "/Users/\(second.id)",
                    ["op": "replace", "path": "emails", "value": [["value": .string(provider.owner.email)]]]),
            ] {
                #expect(answer.status == 409 && answer["scimType"] == "uniqueness", "\(answer.text)")
                #expect(
                    answer["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"] && answer["status"] == "409")
            }
            #expect(try await provider.get("/Users/\(second.id)")["userName"] == .string(bob))
        }
    }

    @Test func somebodyWhoIsThereAlreadyIsTakenOver() async throws {
        try await SCIMServer.run { server in
            let provider = try await server.tenant()
            let user = try await server.person(provider.name("old"), .engineer, in: provider.organization)
            let found = try await provider.find("userName eq \"\(provider.name("OLD"))\"")
            #expect(found["totalResults"] == 1 && found.resources.first?["id"] == .string(user.id.description))
            #expect(found.resources.first?["displayName"] == "Somebody" && found.resources.first?["active"] == true)
            #expect(
                found.resources.first?["emails"]
                    == [["value": .string(user.email), "type": "work", "primary": true]])
            let linked = try await provider.patch(
                "/Users/\(user.id)", ["op": "add", "path": "externalId", "value": "ext-1"])
            #expect(linked.status == 200 && linked["externalId"] == "ext-1", "\(linked.text)")
            #expect(try await provider.user("\(user.id)").role == .engineer)
            #expect(try await provider.find("externalId eq \"ext-1\"")["totalResults"] == 1)
        }
    }

    @Test func whatIsWrongIsSaid() async throws {
        try await SCIMServer.run { server in
            let provider = try await server.tenant()
            let wrong: [(JSONObject, String)] = [
                (["userName": ""], "invalidValue"), (["userName": "no address", "emails": nil], "invalidValue"),
                (["emails": [["value": "nonsense"]]], "invalidValue"), (["active": "perhaps"], "invalidValue"),
                (["emails": [["type": "work"]]], "invalidValue"), (["name": "Ann"], "invalidValue"),
                (["displayName": .string(String(repeating: "x", count: 257))], "invalidValue"),
                (["displayName": "a\u{0}b"], "invalidValue"),
                (
                    ["emails": [["value": "a@x.org", "primary": true], ["value": "b@x.org", "primary": true]]],
                    "invalidValue"
                ),
            ]
            for (members, kind) in wrong {
                let answer = try await provider.make(provider.name("wrong"), members)
                #expect(answer.status == 400 && answer["scimType"] == .string(kind), "\(members): \(answer.text)")
                #expect(answer["detail"].stringValue?.isEmpty == false)
            }
            #expect(try await provider.find("userName sw \"wrong\"")["totalResults"] == 0)
            let junk = try await server.send(
                .post, "/scim/v2/Users", nil, ["authorization": "Bearer \(provider.key)"])
            #expect(junk.status == 400 && junk["scimType"] == "invalidSyntax")
            #expect(try await provider.get("/Users/4711").status == 404)
            // A name that is an address will do, and JSON under its usual name.
            let plain = try await provider.send(
                .post, "/Users", ["USERNAME": .string(provider.name("plain"))],
                headers: ["content-type": "application/json"])
            #expect(plain.status == 201, "\(plain.text)")
            #expect(try await provider.user(plain.id).email == provider.name("plain"))
        }
    }

    @Test func aVersionIsAskedForAndHeldTo() async throws {
        try await SCIMServer.run { server in
            let provider = try await server.tenant()
            let made = try await provider.make(provider.name("ann"))
            let tag = try #require(made.headers["etag"])
            #expect(made["meta"]["version"] == .string(tag) && tag.hasPrefix("W/\""))
            let path = "/Users/\(made.id)"
            let unchanged = try await provider.send(.get, path, headers: ["if-none-match": tag])
            #expect(unchanged.status == 304 && unchanged.bytes.isEmpty && unchanged.headers["etag"] == tag)
            let patch: JSONValue = ["Operations": [["op": "replace", "path": "displayName", "value": "A"]]]
            let changed = try await provider.send(.patch, path, patch, headers: ["if-match": tag])
            #expect(changed.status == 200 && changed.headers["etag"] != tag)
            for (method, body) in [(HTTPMethod.patch, patch), (.put, ["userName": "x"]), (.delete, nil)] {
                let late = try await provider.send(method, path, body, headers: ["if-match": tag])
                #expect(late.status == 412 && late["status"] == "412", "\(method) \(late.text)")
            }
            #expect(try await provider.send(.get, path, headers: ["if-none-match": tag]).status == 200)
            // What changes nothing makes no new version.
            let again = try await provider.send(.patch, path, patch, headers: ["if-match": "*"])
            #expect(again.status == 200 && again.headers["etag"] == changed.headers["etag"])
        }
    }
}
