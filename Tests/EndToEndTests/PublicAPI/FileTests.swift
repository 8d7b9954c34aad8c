import Foundation
import HTTPMessages
import JSON
import Testing

extension EndToEnd.PublicAPI {
    /// Files that evaluators look at.
    @Suite struct FileTests {
        /// A picture of one dot.
        private static let dot =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

        /// A document of one page with one line.
        static func document(_ text: String) -> [UInt8] {
            let content = "BT /F1 12 Tf 72 720 Td (\(text)) Tj ET"
            let objects = [
                "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
                "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R "
                    + "/Resources << /Font << /F1 3 0 R >> >> >>",
                "<< /Length \(content.utf8.count) >>\nstream\n\(content)\nendstream",
            ]
            var text = "%PDF-1.4\n"
            var places: [String] = []
            for (index, object) in objects.enumerated() {
                let digits = "\(text.utf8.count)"
                places.append(String(repeating: "0", count: 10 - digits.count) + digits + " 00000 n \n")
                text += "\(index + 1) 0 obj\n\(object)\nendobj\n"
            }
            let start = text.utf8.count
            text += "xref\n0 6\n0000000000 65535 f \n\(places.joined())trailer\n<< /Size 6 /Root 1 0 R >>\n"
            return Array("\(text)startxref\n\(start)\n%%EOF\n".utf8)
        }

        private func upload(
            _ bytes: [UInt8], named name: String = "file", field: String = "file", to api: APIClient,
            path: String = "/v1/files/"
        ) async throws -> Reply {
            let head =
                "--bOuNd\r\nContent-Disposition: form-data; name=\"\(field)\"; filename=\"\(name)\"\r\n"
                + "Content-Type: application/octet-stream\r\n\r\n"
            return try await api.send(
                .post, path, body: Array(head.utf8) + bytes + Array("\r\n--bOuNd--\r\n".utf8),
                headers: ["content-type": "multipart/form-data; boundary=bOuNd"], within: .seconds(60))
        }

        private func fresh(_ words: String) -> [UInt8] { Self.document("\(words) \(UUID().uuidString)") }

        @Test func theSameBytesAreOneFile() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let document = fresh("Once")
            let first = try await upload(document, named: "terms.pdf", to: api)
            #expect(first.status == 201, "\(first.text)")
            #expect(first.json?.objectValue?.members.map(\.key) == ["id"])
            let second = try await upload(document, named: "again.pdf", to: api, path: "/files/")
            #expect(second.status == 200 && second.string("id") == first.string("id"))
            let back = try await api.get("/v1/files/\(first.string("id"))/")
            #expect(back.status == 200 && back.bytes == document)
            #expect(back.headers["content-type"] == "application/pdf")
            #expect(back.headers["content-disposition"] == "attachment; filename=\"terms.pdf\"")
        }

        @Test func whatIsNoDocumentAndNoPictureIsRefusedByItsName() async throws {
            let api = try await PrivateInstallation.demonstration().api
            for (bytes, words) in [
                (Array("just text".utf8), "Upload a PDF or a picture"), (Self.document(""), "has no text"),
                (Array(fresh("Torn").prefix(200)), "is broken"), (try Self.encrypted(), "is encrypted"),
            ] {
                let refused = try await upload(bytes, named: "looks-like.pdf", to: api)
                expectProblem(refused, 400, "invalid", field: "file")
                #expect(refused.text.contains(words), "\(refused.text)")
            }
            let elsewhere = try await upload(fresh("Lost"), field: "document", to: api)
            expectProblem(elsewhere, 400, "invalid", field: "document")
            expectProblem(try await api.post("/v1/files/", ["file": "x"]), 400, "invalid", field: "file")
        }

        private static func encrypted() throws -> [UInt8] {
            let folder = #filePath.replacing("EndToEndTests/PublicAPI/FileTests.swift", with: "Fixtures/files")
            return Array(try Data(contentsOf: URL(filePath: "\(folder)/encrypted.pdf")))
        }

        @Test func twentyMegabytesAreTakenAndNoMore() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let picture = try #require(Data(base64Encoded: Self.dot).map(Array.init))
            let salt = Array(UUID().uuidString.utf8)
            let largest = picture + salt + [UInt8](repeating: 0, count: (20 << 20) - picture.count - salt.count)
            #expect(try await upload(largest, to: api).status == 201)
            let refused = try await upload(largest + [0], to: api)
            expectProblem(refused, 413, "content_too_large")
            #expect(refused.string("detail").contains("20 MB"), "\(refused.text)")
            let more = try await upload([UInt8](repeating: 0, count: 40 << 20), to: api)
            #expect(more.status == 413)
        }

        @Test func anEvaluatorReadsADocument() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let file = try await upload(
                fresh("Returns are accepted within 30 days of delivery."), named: "policy.pdf", to: api)
            let dot = try await upload(try #require(Data(base64Encoded: Self.dot).map(Array.init)), to: api)
            #expect(dot.status == 201 || dot.status == 200, "\(dot.text)")
            let executed = try await api.post(
                "/v1/evaluators/execute/by-name/?name=Faithfulness",
                [
                    "request": "How long can I return?",
                    "response": "Items may be returned within 30 days of delivery.",
                    "file_ids": [.string(file.string("id")), .string(dot.string("id"))],
                ])
            #expect(executed.status == 200, "\(executed.text)")
            #expect(executed["score"]?.doubleValue != nil)
            let log = try await api.get("/v1/execution-logs/\(executed.string("execution_log_id"))/")
            let files = log["files"]?.arrayValue ?? []
            #expect(files.map { $0.string("id") } == [file.string("id"), dot.string("id")])
            #expect(files.map { $0.string("media_type") } == ["application/pdf", "image/png"])
            #expect(files.first?.string("name") == "policy.pdf")
        }

        @Test func anUnknownFileIsNamed() async throws {
            let api = try await PrivateInstallation.demonstration().api
            expectProblem(
                try await api.post(
                    "/v1/evaluators/execute/\(rootEvaluator)/", ["response": "x", "file_ids": [.string(unknownID)]]),
                400,
                "invalid", field: "file_ids")
        }

        @Test func aJudgeWithAFileAlwaysLooksAtIt() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let file = try await upload(fresh("The house rule"), named: "rules.pdf", to: api).string("id")
            let judge = try await api.makeJudge(of: [rootEvaluator]).string("id")
            let attached = try await api.patch("/v1/judges/\(judge)/", ["file_id": .string(file)])
            #expect(attached["files"]?[0]?.string("id") == file, "\(attached.text)")
            #expect(attached["files"]?[0]?.string("name") == "rules.pdf")
            let renamed = try await api.patch("/v1/judges/\(judge)/", ["name": "Renamed"])
            #expect(renamed["files"]?.arrayValue?.count == 1, "absent leaves it")

            let input: JSONObject = ["request": "What is the rule?", "response": "The house rule."]
            let executed = try await api.post("/v1/judges/\(judge)/execute/", .object(input))
            #expect(executed.status == 200, "\(executed.text)")
            let log = try await api.get("/v1/execution-logs/\(executed.string("execution_log_id"))/")
            #expect(log["files"]?[0]?.string("name") == "rules.pdf")
            var withContexts = input
            withContexts["contexts"] = ["Another rule."]
            let other = try await api.post("/v1/judges/\(judge)/execute/", .object(withContexts))
            let otherLog = try await api.get("/v1/execution-logs/\(other.string("execution_log_id"))/")
            #expect(otherLog["files"]?.arrayValue == [], "contexts stand in for it")

            let removed = try await api.patch("/v1/judges/\(judge)/", ["file_id": nil])
            #expect(removed["files"]?.arrayValue == [])
        }

        @Test func aBatchLooksAtFilesToo() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let file = try await upload(fresh("In the background"), to: api).string("id")
            let judge = try await api.makeJudge(of: [rootEvaluator]).string("id")
            let refused = try await api.post(
                "/v1/judges/\(judge)/batch-execute/", ["inputs": [["response": "x", "file_ids": [.string(unknownID)]]]])
            expectProblem(refused, 400, "invalid", field: "inputs[0].file_ids")
            let started = try await api.post(
                "/v1/judges/\(judge)/batch-execute/",
                ["inputs": [["request": "Where?", "response": "In the background.", "file_ids": [.string(file)]]]])
            #expect(started.status == 202, "\(started.text)")
            let batch = started.string("batch_execution_id")
            _ = try await eventualValue("the end of the batch") {
                let found = try await api.get("/v1/judges/batch-executions/\(batch)/")
                return found.string("status") == "completed" ? found : nil
            }
            let logs = try await api.get("/v1/execution-logs/?batch_execution_id=\(batch)").results
            #expect(logs.count == 2)
            for row in logs {
                let log = try await api.get("/v1/execution-logs/\(row.string("id"))/")
                #expect(log["files"]?[0]?.string("id") == file, "\(log.text)")
            }
        }

        @Test func aJudgeIsMadeWithAFile() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let file = try await upload(fresh("Our returns policy: thirty days."), to: api).string("id")
            let made = try await api.post(
                "/v1/judges/generate/",
                [
                    "intent": "Answers of our support keep to the returns policy.", "visibility": "private",
                    "file_id": .string(file),
                ], within: .seconds(60))
            #expect(made.status == 201, "\(made.text)")
            let judge = try await api.get("/v1/judges/\(made.string("judge_id"))/")
            #expect(judge["files"]?[0]?.string("id") == file, "\(judge.text)")
        }
    }
}
