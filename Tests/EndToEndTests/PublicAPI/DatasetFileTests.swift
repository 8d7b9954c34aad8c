import Foundation
import HTTPMessages
import JSON
import Testing

extension EndToEnd.PublicAPI {
    /// Datasets that come and go as files.
    @Suite struct DatasetFileTests {
        private func form(_ fields: [(String, String)], file: String?, name: String = "items.csv") -> [UInt8] {
            var body = ""
            for (field, value) in fields {
                body += "--bOuNd\r\nContent-Disposition: form-data; name=\"\(field)\"\r\n\r\n\(value)\r\n"
            }
            if let file {
                body += "--bOuNd\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n"
                body += "Content-Type: application/octet-stream\r\n\r\n\(file)\r\n"
            }
            return Array((body + "--bOuNd--\r\n").utf8)
        }

        /// Clients send forms to both paths, and one of them says that it sends JSON.
        @Test(arguments: [
            ("/datasets/", "multipart/form-data; boundary=bOuNd"), ("/v1/datasets/", "application/json"),
        ])
        func aFileBecomesItems(path: String, type: String) async throws {
            let api = try await PrivateInstallation.demonstration().api
            let file = "response,request,score\r\n\"Yes, \"\"of course\"\".\",May I?,1\r\nNo.,Must I?,0.25\r\n"
            let tag = "0193a500-0000-7000-8000-00000000000a"
            let made = try await api.send(
                .post, path,
                body: form([("name", "From a file"), ("tags", tag), ("has_header", "true")], file: file),
                headers: ["content-type": type])
            #expect(made.status == 201, "\(made.text)")
            #expect(made["has_header"] == .bool(true) && made["tags"] == [.string(tag)])
            let items = try await api.get("/v1/datasets/\(made.string("id"))/items/").results
            #expect(items.map { $0.string("request") }.sorted() == ["May I?", "Must I?"])
            #expect(items.compactMap { $0["annotations"]?[0]?["value"]?.doubleValue }.sorted() == [0.25, 1])
        }

        @Test func whatIsDownloadedIsUploadedAgain() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let file = """
                {"request": "Two\\nlines, \\"quoted\\"", "response": "So.", "contexts": ["a", "b"], "score": 0.5}
                {"turns": [{"role": "user", "content": "Hi"}], "response": "Hello", "variables": {"tone": "polite"}}
                """
            let first = try await api.send(
                .post, "/v1/datasets/", body: form([("name", "Round trip")], file: file, name: "items.jsonl"),
                headers: ["content-type": "multipart/form-data; boundary=bOuNd"])
            #expect(first.status == 201, "\(first.text)")
            for accept in ["text/csv", "application/jsonl"] {
                let path = "/v1/datasets/\(first.string("id"))/?download=true"
                let downloaded = try await api.get(path, headers: ["accept": accept])
                #expect(downloaded.status == 200 && downloaded.headers["content-type"]?.hasPrefix(accept) == true)
                let again = try await api.send(
                    .post, "/v1/datasets/", body: form([("name", "Again")], file: downloaded.text, name: "again"),
                    headers: ["content-type": "multipart/form-data; boundary=bOuNd"])
                #expect(again.status == 201, "\(again.text)")
                let second = try await api.get(
                    "/v1/datasets/\(again.string("id"))/?download=true", headers: ["accept": accept])
                #expect(second.text == downloaded.text)
            }
            // Without a type of file it is what is known of the dataset.
            let known = try await api.get("/v1/datasets/\(first.string("id"))/?download=true")
            #expect(known.string("name") == "Round trip")
        }

        @Test func aWrongFileLeavesNothing() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let name = "Wrong \(UUID())"
            for (file, complaint) in [
                ("response,score\nGood.,0.5\nBad.,7\n", "line 3: the score 7.0 is not from 0 to 1"),
                ("response\n", "The file has no items."), ("response\n\"torn", "line 2: a quoted cell does not end"),
            ] {
                let refused = try await api.send(
                    .post, "/v1/datasets/", body: form([("name", name)], file: file),
                    headers: ["content-type": "multipart/form-data; boundary=bOuNd"])
                expectProblem(refused, 400, "invalid", field: "file")
                #expect(refused.text.contains(complaint), "\(refused.text)")
            }
            let search = name.replacing(" ", with: "+")
            #expect(try await api.get("/v1/datasets/?search=\(search)").results.isEmpty)
        }

        @Test func filesAreNotFetchedAndLimited() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let fetched = try await api.post("/v1/datasets/", ["name": "Far", "url": "https://example.com/a.csv"])
            expectProblem(fetched, 400, "invalid", field: "url")
            let large = try await api.send(
                .post, "/v1/datasets/", body: form([], file: String(repeating: "x", count: 51 << 20)),
                headers: ["content-type": "multipart/form-data; boundary=bOuNd"], within: .seconds(60))
            #expect(large.status == 413)
        }
    }
}
