import WireAPI

/// Adding a key to a provider, also in the place of another. The key is typed where nobody sees it and is kept nowhere
/// in the console.
enum ProviderKeyForm {
    static func adding(to provider: OperatorProvider) -> FormScreen<OperatorProviderKey> {
        form(
            "Add a key to \(provider.name)", provider, weight: 1, replaces: nil,
            note: "It is sealed for the LLM proxy at once, and nothing shows it again. Keys share the calls by weight.")
    }

    static func rotating(_ key: OperatorProviderKey, of provider: OperatorProvider) -> FormScreen<OperatorProviderKey> {
        form(
            "Replace \(key.name)", provider, weight: key.weight, replaces: key,
            note:
                "In the moment the new key is stored, \(key.name) is drained: it is used only while no other key can be. Revoke it when the new one works."
        )
    }

    private static func form(
        _ title: String, _ provider: OperatorProvider, weight: Int, replaces old: OperatorProviderKey?,
        note: String
    ) -> FormScreen<OperatorProviderKey> {
        FormScreen(
            title, note: note,
            Form([
                .text("name", "Name", hint: "to tell it from others, such as 2026-12", isRequired: true),
                .secret("key", "Key", hint: "typed or pasted", isRequired: true),
                .text("weight", "Weight", hint: "its part of the calls, from 1 to 1,000", value: "\(weight)"),
            ])
        ) { values throws(FormProblem) in
            .addKey(
                OperatorProviderKeyDraft(
                    name: values["name"], key: values["key"], weight: try values.count("weight", in: 1...1000) ?? 1,
                    replaces: old?.id), to: provider.id)
        } done: { key, context in
            guard let old else {
                context.say("The key \(key.name) is used from now on", .good)
                return
            }
            context.say("\(key.name) is used from now on, \(old.name) is being drained", .good)
        }
    }
}
