/// Settings as text for people: what is in force, and what there is.
package enum SettingsReport {
    /// One line a setting with its value and where that came from; secrets are masked.
    package static func effective(_ settings: [EffectiveSetting]) -> String {
        let rows = settings.map { (name: $0.declaration.key, value: $0.shown ?? "(not set)", source: "\($0.source)") }
            .sorted { $0.name < $1.name }
        let nameWidth = rows.map(\.name.count).max() ?? 0
        let valueWidth = min(48, rows.map(\.value.count).max() ?? 0)
        return rows.map { row in
            "\(padded(row.name, nameWidth)) = \(padded(row.value, valueWidth))  # \(row.source)\n"
        }.joined()
    }

    /// The settings as items of a manual page (mdoc), for `scorable.yaml(5)`.
    package static func manual(_ declarations: [SettingDeclaration]) -> String {
        declarations.sorted { $0.key < $1.key }.map { declaration in
            var item = ".It Ic \(escaped(declaration.key))\n\(escaped(declaration.help))\n"
            item += "Expects \(escaped(declaration.expected)).\n"
            if let builtIn = declaration.builtIn {
                item += "Default:\n.Ql \(escaped(builtIn.isEmpty ? "none" : builtIn)) .\n"
            } else {
                item += declaration.isRequired ? "Must be set.\n" : "Not set by default.\n"
            }
            item += "Environment:\n.Ev \(SettingName.environmentVariable(of: declaration.key)) .\n"
            return item
        }.joined()
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// Backslashes begin escapes in a manual page, and a dot or quote at the start of a line a request.
    private static func escaped(_ text: String) -> String {
        let text = text.map { $0 == "\\" ? "\\e" : String($0) }.joined()
        return text.first == "." || text.first == "'" ? "\\&" + text : text
    }
}
