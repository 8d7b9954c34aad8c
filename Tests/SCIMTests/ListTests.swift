import HTTPMessages
import JSON
import Tenancy
import Testing

/// What lists show: filters, order, pages and chosen attributes.
@Suite struct ListTests {
    /// An organisation with three people beside its owner.
    private func tenant(_ server: SCIMServer) async throws -> Provisioner {
        let provider = try await server.tenant()
        for (name, given, family, type) in [
            ("ann", "Ann", "Zorn", "work"), ("bob", "Bob", "Young", "home"), ("cy", "Cy", "Xu", "work"),
        ] {
            let made = try await provider.make(
                provider.name(name),
                [
                    "name": ["givenName": .string(given), "familyName": .string(family)],
                    "displayName": .string("\(given) \(family)"), "externalId": .string("Ext-\(name)"),
                    "emails": [["value": .string(provider.name(name)), "type": .string(type), "primary": true]],
                    "active": .bool(name != "cy"),
                ])
            #expect(made.status == 201, "\(made.text)")
        }
        return provider
    }

    @Test func filtersFindWhomTheyMean() async throws {
        try await SCIMServer.run { server in
            let provider = try await tenant(server)
            let (ann, bob, cy) = (provider.name("ann"), provider.name("bob"), provider.name("cy"))
            let cases: [(String, [String])] = [
                ("userName eq \"\(ann.uppercased())\"", [ann]),
                ("userName ne \"\(ann)\" and userName co \"@example\"", [provider.owner.email, bob, cy]),
                ("userName sw \"bo\"", [bob]), ("userName ew \"%\"", []), ("userName co \"_\"", []),
                ("externalId eq \"Ext-ann\"", [ann]), ("externalId eq \"ext-ann\"", []),
                ("externalId pr", [ann, bob, cy]),
                ("not (externalId pr)", [provider.owner.email]), ("externalId eq null", [provider.owner.email]),
                ("externalId ne \"Ext-ann\"", [provider.owner.email, bob, cy]),
                ("active eq false", [cy]), ("active eq \"True\" and externalId pr", [ann, bob]),
                ("emails.value eq \"\(bob)\"", [bob]), ("emails[type eq \"home\"]", [bob]),
                ("emails[type eq \"home\" and value sw \"ann\"]", []),
                ("emails.value eq \"\(provider.owner.email)\"", [provider.owner.email]),
                ("displayName eq \"ann zorn\"", [ann]),
                ("name.familyName gt \"Xv\" and name.familyName lt \"Z\"", [bob]),
                ("name.givenName sw \"C\" or (name.familyName eq \"Zorn\" and active eq true)", [ann, cy]),
                ("meta.created gt \"2020-01-01T00:00:00Z\" and meta.lastModified lt \"2020-01-01T00:00:00Z\"", []),
                ("id eq \"no identifier\"", []), ("title eq \"Dr.\"", []),
                ("not (title pr) and externalId sw \"Ext-b\"", [bob]),
                ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"x\"", []),
                ("groups pr", []), ("userName eq \"' OR 1=1 --\"", []),
            ]
            for (filter, names) in cases {
                let answer = try await provider.find(filter)
                #expect(answer.status == 200 && answer.names == names, "\(filter): \(answer.text)")
                #expect(answer["totalResults"] == .integer(Int64(names.count)), "\(filter)")
            }
            // Entra ID asks for somebody who cannot be there before anything else.
            let probe = try await provider.find("userName eq \"3f0e1c6a-66c4-4d3c-a7e2-1ab7d3f5f6b0\"")
            #expect(
                probe.json == [
                    "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 0,
                    "startIndex": 1, "itemsPerPage": 0, "Resources": [],
                ])
            let wrong = try await provider.find("userName eq")
            #expect(wrong.status == 400 && wrong["scimType"] == "invalidFilter")
        }
    }

    @Test func peopleAreSortedAndShownPageByPage() async throws {
        try await SCIMServer.run { server in
            let provider = try await tenant(server)
            let (ann, bob, cy) = (provider.name("ann"), provider.name("bob"), provider.name("cy"))
            #expect(try await provider.get("/Users").names == [provider.owner.email, ann, bob, cy])
            let sorted = try await provider.find("externalId pr", in: "/Users", "&sortBy=name.familyName")
            #expect(sorted.names == [cy, bob, ann])
            let descending = try await provider.find(
                "externalId pr", in: "/Users", "&sortBy=userName&sortOrder=descending")
            #expect(descending.names == [cy, bob, ann])
            #expect(try await provider.get("/Users?sortBy=externalId").names.last == provider.owner.email)
            #expect(try await provider.get("/Users?sortBy=emails")["scimType"] == "invalidPath")
            #expect(try await provider.get("/Users?sortBy=userName&sortOrder=up")["scimType"] == "invalidValue")

            let second = try await provider.get("/Users?sortBy=userName&startIndex=2&count=2")
            #expect(second.names == [bob, cy] && second["totalResults"] == 4)
            #expect(second["startIndex"] == 2 && second["itemsPerPage"] == 2)
            #expect(try await provider.get("/Users?startIndex=0&count=1").names.count == 1)
            #expect(try await provider.get("/Users?startIndex=-5&count=-1")["itemsPerPage"] == 0)
            let counted = try await provider.get("/Users?count=0")
            #expect(counted["totalResults"] == 4 && counted["itemsPerPage"] == 0 && counted.resources.isEmpty)
            let behind = try await provider.get("/Users?startIndex=50")
            #expect(behind["totalResults"] == 4 && behind.resources.isEmpty && behind["startIndex"] == 50)
            #expect(try await provider.get("/Users?count=many").status == 400)
        }
    }

    @Test func chosenAttributesAreShown() async throws {
        try await SCIMServer.run { server in
            let provider = try await tenant(server)
            func keys(_ query: String) async throws -> [String] {
                let answer = try await provider.find("userName sw \"ann-\"", in: "/Users", query)
                return answer.resources.first?.objectValue?.keys.sorted() ?? []
            }
            #expect(try await keys("&attributes=userName") == ["id", "schemas", "userName"])
            #expect(
                try await keys("&attributes=USERNAME,emails%5Btype%20eq%20%22work%22%5D,favouriteColour")
                    == ["emails", "id", "schemas", "userName"])
            #expect(
                try await keys(
                    "&excludedAttributes=name,emails,id,meta,urn:ietf:params:scim:schemas:core:2.0:User:active")
                    == ["displayName", "externalId", "id", "schemas", "userName"])
            #expect(try await keys("&attributes=userName&excludedAttributes=name") == [])
            let parts = try await provider.find(
                "userName sw \"ann-\"", in: "/Users", "&attributes=name.familyName,emails.type")
            #expect(parts.resources.first?["name"] == ["familyName": "Zorn"])
            #expect(parts.resources.first?["emails"] == [["type": "work"]])
            let one = try await provider.get(
                "/Users/\(parts.resources.first?["id"]?.stringValue ?? "")?attributes=active")
            #expect(one.json.objectValue?.keys.sorted() == ["active", "id", "schemas"])
        }
    }

    @Test func aSearchFindsPeopleAndGroups() async throws {
        try await SCIMServer.run { server in
            let provider = try await tenant(server)
            for name in ["A", "B"] { #expect(try await provider.group(name).status == 201) }
            let search: JSONValue = [
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
                "filter": "displayName pr", "attributes": ["displayName"], "startIndex": 3, "count": 3,
            ]
            let all = try await provider.send(.post, "/.search", search)
            // The owner, three people and two groups: what comes from the third one on.
            #expect(all["totalResults"] == 6 && all["startIndex"] == 3, "\(all.text)")
            #expect(all.resources.compactMap { $0["displayName"]?.stringValue } == ["Bob Young", "Cy Xu", "A"])
            let groups = try await provider.send(
                .post, "/Groups/.search", ["filter": "displayName eq \"b\"", "excludedAttributes": ["members"]])
            #expect(groups.names == ["B"])
            let people = try await provider.send(.post, "/Users/.search", ["filter": "userName sw \"cy\""])
            #expect(people.names == [provider.name("cy")])
            #expect(try await provider.send(.post, "/Users/.search", ["filter": 7]).status == 400)
        }
    }

    @Test func theServerSaysWhatItCanDo() async throws {
        try await SCIMServer.run { server in
            let provider = try await server.tenant()
            let configuration = try await provider.get("/ServiceProviderConfig")
            #expect(configuration["patch"]["supported"] == true && configuration["bulk"]["supported"] == false)
            #expect(configuration["filter"] == ["supported": true, "maxResults": 200])
            #expect(configuration["sort"]["supported"] == true && configuration["etag"]["supported"] == true)
            #expect(configuration["authenticationSchemes"][0]?["type"] == "oauthbearertoken")
            let types = try await provider.get("/ResourceTypes")
            #expect(types["totalResults"] == 2 && types.resources.map { $0["endpoint"] } == ["/Users", "/Groups"])
            #expect(
                try await provider.get("/ResourceTypes/Group")["schema"]
                    == "urn:ietf:params:scim:schemas:core:2.0:Group")
            let schemas = try await provider.get("/Schemas")
            #expect(schemas["totalResults"] == 5)
            for schema in schemas.resources {
                let id = try #require(schema["id"]?.stringValue)
                #expect(try await provider.get("/Schemas/\(id)").json == schema)
            }
            for path in ["/ResourceTypes/x", "/Schemas/x", "/Me", "/Bulk", "/x/y"] {
                let answer = try await provider.get(path)
                #expect(answer.status == 404 && answer["status"] == "404", "\(path): \(answer.text)")
            }
            for path in ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"] {
                #expect(try await provider.send(.post, path, [:]).status == 405)
            }
            #expect(try await provider.send(.post, "/Bulk", ["Operations": []]).status == 404)
            #expect(try await provider.find("id pr", in: "/Schemas").status == 403)
        }
    }
}
