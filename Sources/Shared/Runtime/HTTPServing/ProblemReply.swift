internal import HTTPMessages
package import HTTPServer
internal import JSON

extension APIProblem {
    /// The answer that states this problem. The body is never empty and always has `status`: clients count on both.
    package func response(_ shape: ErrorShape = .problem) -> HTTPResponse {
        var headers = headers
        headers["content-type"] = shape == .problem ? "application/problem+json" : "application/json"
        return HTTPResponse(status: status, headers: headers, body: .bytes(body(shape)))
    }

    /// The body: the members of RFC 7807, then a list for every field.
    func body(_ shape: ErrorShape) -> [UInt8] {
        var members: JSONObject = [
            "type": "about:blank",
            "status": .integer(Int64(status)),
            "title": .string(title),
            "detail": .string(detail),
            "instance": .null,
            "code": .string(code),
        ]
        if shape == .openAI {
            members["error"] = .object([
                "message": .string(detail), "type": .string(code), "code": .string(code),
                "param": fields.count == 1 ? fields.keys.first.map(JSONValue.string) ?? .null : .null,
            ])
        }
        var others: [JSONValue] = []
        for (name, complaints) in fields.sorted(by: { $0.key < $1.key }) {
            // A field called like a member of the problem itself would take its place.
            if members[name] == nil, name != "non_field_errors" {
                members[name] = .array(complaints.map(JSONValue.string))
            } else {
                others += complaints.map { .string(name == "non_field_errors" ? $0 : "\(name): \($0)") }
            }
        }
        if !others.isEmpty { members["non_field_errors"] = .array(others) }
        return JSONWriter.bytes(of: .object(members))
    }
}
