internal import Cryptography
internal import HTTPMessages
internal import JSON

/// The description as one page for people: it needs no script and nothing from elsewhere.
package struct ReferencePage: Sendable {
    /// The page.
    package let html: String
    /// The content security policy that it is served with: its own style, and nothing else.
    package let policy: String

    /// Renders a description.
    package init(of description: APIDescription) {
        let digest = Base64.encode(SHA256.hash(ReferencePageStyle.css))
        policy =
            "default-src 'none'; style-src 'sha256-\(digest)'; base-uri 'none'; form-action 'none'; "
            + "frame-ancestors 'none'"
        var page = PageWriter()
        page.write(description)
        html = page.html
    }
}

/// Writes the page, piece by piece.
private struct PageWriter {
    private(set) var html = ""

    mutating func write(_ description: APIDescription) {
        html += """
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>\(escaped(description.title)) API</title>
            <meta name="viewport" content="width=device-width, initial-scale=1"><style>\(ReferencePageStyle.css)</style>
            </head><body><nav><a href="#top" class="home">\(escaped(description.title)) API</a>
            """
        for group in description.groups { writeIndex(group) }
        html += "<a class=\"group\" href=\"#shapes\">Shapes</a></nav><main id=\"top\"><header><h1>"
        html += "\(escaped(description.title)) API</h1><p class=\"quiet\">Release \(escaped(description.version)) · "
        html += "<a href=\"../openapi.json\">OpenAPI 3.1 document</a></p>"
        for paragraph in description.introduction { html += "<p>\(marked(paragraph))</p>" }
        html += "</header>"
        for group in description.groups { write(group, description) }
        writeShapes(description)
        html += "</main></body></html>"
    }

    private mutating func writeIndex(_ group: OperationGroup) {
        html += "<a class=\"group\" href=\"#\(group.name)\">\(spaced(group.name))</a>"
        for operation in group.operations where !operation.isDeprecated {
            html += "<a href=\"#\(operation.id)\">\(escaped(operation.summary))</a>"
        }
    }

    private mutating func write(_ group: OperationGroup, _ description: APIDescription) {
        html += "<section id=\"\(group.name)\"><h2>\(spaced(group.name))</h2><p>\(marked(group.text))</p>"
        for operation in group.operations { write(operation, description) }
        html += "</section>"
    }

    private mutating func write(_ operation: Operation, _ description: APIDescription) {
        let method = operation.method.rawValue
        html += "<article id=\"\(operation.id)\"><h3>\(escaped(operation.summary))"
        if operation.isDeprecated { html += " <em>old</em>" }
        html +=
            "</h3><p class=\"call\"><b class=\"\(method.lowercased())\">\(method)</b> <code>\(escaped(operation.path))"
        html += "</code></p>"
        if !operation.text.isEmpty { html += "<p>\(marked(operation.text))</p>" }
        let parameters = description.parameters(of: operation)
        if !parameters.isEmpty {
            html += "<h4>Parameters</h4><table>"
            for parameter in parameters {
                writeRow(
                    parameter.name, type: "\(parameter.place.rawValue) · \(type(of: parameter.schema))",
                    facts: facts(of: parameter.schema, isRequired: parameter.isRequired, saysRequired: true),
                    text: parameter.text)
            }
            html += "</table>"
        }
        let contents = description.contents(of: operation)
        for body in contents.bodies { write("Body", body, saysRequired: true) }
        for (answer, rendered) in zip(operation.answers, contents.answers) {
            html += "<h4>\(answer.status)</h4>"
            if !answer.text.isEmpty { html += "<p>\(marked(answer.text))</p>" }
            for content in rendered { write("", content, saysRequired: false) }
        }
        writeProblems(of: operation, description)
        let example = CallExample(operation, contents.bodies.first?.type)
        html += "<h4>Example</h4><pre><code>\(escaped(example.curl))</code></pre>"
        html += "<pre><code>\(escaped(example.python))</code></pre></article>"
    }

    private mutating func write(_ title: String, _ content: (type: String, schema: Schema), saysRequired: Bool) {
        html += title.isEmpty ? "<p class=\"quiet\">" : "<h4>\(title)</h4><p class=\"quiet\">"
        html += "<code>\(escaped(content.type))</code> · \(type(of: content.schema))</p>"
        if !content.schema.text.isEmpty { html += "<p>\(marked(content.schema.text))</p>" }
        writeMembers(of: content.schema, saysRequired: saysRequired)
    }

    private mutating func writeProblems(of operation: Operation, _ description: APIDescription) {
        let answered = Set(operation.answers.map(\.status))
        html += "<details><summary>Problems</summary><table>"
        for status in description.statuses(of: operation) where !answered.contains(status) {
            html += "<tr><td><code>\(status)</code></td><td>\(escaped(ProblemStatus.meaning(of: status)))</td></tr>"
        }
        html += "</table></details>"
    }

    private mutating func writeShapes(_ description: APIDescription) {
        html += "<section id=\"shapes\"><h2>Shapes</h2><p>What is sent and answered, by name.</p>"
        for (name, schema) in description.components.sorted(by: { $0.key < $1.key }) {
            writeShape(name, schema, saysRequired: name.hasSuffix("Request") || name.hasSuffix("Input"))
        }
        writeShape("Problem", description.problem, saysRequired: false)
        html += "</section>"
    }

    private mutating func writeShape(_ name: String, _ schema: Schema, saysRequired: Bool) {
        html += "<article id=\"shape-\(name)\"><h3>\(name)</h3><p>\(marked(schema.text))</p>"
        writeMembers(of: schema, saysRequired: saysRequired)
        html += "</article>"
    }

    private mutating func writeMembers(of schema: Schema, saysRequired: Bool) {
        guard case .object(let members) = schema.kind, !members.isEmpty else { return }
        html += "<table>"
        writeMembers(members, under: "", saysRequired: saysRequired)
        html += "</table>"
    }

    private mutating func writeMembers(_ members: [Schema.Member], under prefix: String, saysRequired: Bool) {
        for member in members {
            writeRow(
                prefix + member.name, type: type(of: member.schema),
                facts: facts(of: member.schema, isRequired: member.isRequired, saysRequired: saysRequired),
                text: member.schema.text)
            switch member.schema.kind {
            case .object(let inner): writeMembers(inner, under: "\(prefix)\(member.name).", saysRequired: saysRequired)
            case .array(let element):
                guard case .object(let inner) = element.kind else { continue }
                writeMembers(inner, under: "\(prefix)\(member.name)[].", saysRequired: saysRequired)
            case .any, .boolean, .integer, .number, .string, .map, .reference: continue
            }
        }
    }

    private mutating func writeRow(_ name: String, type: String, facts: [String], text: String) {
        html += "<tr><td><code>\(escaped(name))</code></td><td>\(type)</td><td>\(marked(text))"
        if !facts.isEmpty { html += " <span class=\"quiet\">\(escaped(facts.joined(separator: ", ")))</span>" }
        html += "</td></tr>"
    }

    // MARK: Words

    private func type(of schema: Schema) -> String {
        switch schema.kind {
        case .any: "any"
        case .boolean: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .string(let format): format ?? "string"
        case .array(let element): "array of \(type(of: element))"
        case .map(let value): "map of \(type(of: value))"
        case .object: "object"
        case .reference(let name): "<a href=\"#shape-\(name)\">\(name)</a>"
        }
    }

    private func facts(of schema: Schema, isRequired: Bool, saysRequired: Bool) -> [String] {
        var facts: [String] = []
        if saysRequired, isRequired { facts.append("required") }
        if !saysRequired, schema.isNullable { facts.append("or null") }
        if !saysRequired, !isRequired { facts.append("may be left out") }
        if schema.isDeprecated { facts.append("old") }
        if !schema.choices.isEmpty { facts.append("one of \(schema.choices.joined(separator: ", "))") }
        if let range = schema.range { facts.append("\(range.lowerBound) to \(range.upperBound)") }
        if let lengths = schema.lengths { facts.append("\(lengths.lowerBound) to \(lengths.upperBound) characters") }
        if let counts = schema.counts { facts.append("\(counts.lowerBound) to \(counts.upperBound) of them") }
        return facts
    }

    /// `ScoreConfigs` as words.
    private func spaced(_ name: String) -> String {
        var words = ""
        for (place, letter) in name.enumerated() {
            if place > 0, letter.isUppercase { words += " " }
            words.append(letter)
        }
        return words
    }

    /// Text in which what stands between back quotes is code.
    private func marked(_ text: String) -> String {
        escaped(text).split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .map { $0.offset.isMultiple(of: 2) ? String($0.element) : "<code>\($0.element)</code>" }.joined()
    }

    private func escaped(_ text: String) -> String { MarkupText.escaped(text) }
}
