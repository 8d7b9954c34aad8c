// SAML 2.0 messages of a service provider, by lasso. Plain texts in, plain texts out: lasso's own headers cannot be
// imported into Swift, and nothing of lasso lives longer than one call, so that there is no state to share between threads.
//
// Every call returns 0 or one of lasso's errors, after which there is nothing to be freed.
#ifndef SCORABLE_SAML_H
#define SCORABLE_SAML_H

/// Who speaks with whom; each a whole text, kept by the caller for the time of the call.
typedef struct {
    /// Metadata of this service provider.
    const char *metadata;
    /// The private key that it signs with and the certificate to it, PEM.
    const char *private_key;
    const char *certificate;
    /// Metadata of the identity provider without its keys, and its entity id. Keys in metadata would cost a hundred times as
    /// much: for each of them all authorities are read that the machine trusts.
    const char *provider_metadata;
    const char *provider;
} scorable_saml_party;

/// A message to be brought to the identity provider by a browser.
typedef struct {
    /// Where to; by redirect the message is part of it.
    char *url;
    /// What a form posts there, base64; NULL by redirect.
    char *body;
    /// Its identifier, which the answer names; NULL for an answer.
    char *id;
} scorable_saml_message;

/// Who is to be signed out; all but the name may be NULL.
typedef struct {
    const char *name_id;
    const char *format;
    const char *name_qualifier;
    const char *sp_name_qualifier;
    const char *session_index;
} scorable_saml_subject;

/// Starts lasso; once, before anything else.
int scorable_saml_start(void);
/// Whether metadata, key and certificate can be used together.
int scorable_saml_check(const scorable_saml_party *party);

/// A signed request to sign a person in. `is_posted`: by a form instead of a redirect; `is_forced`: also a person who
/// is signed in already is to be asked.
int scorable_saml_request_login(
    const scorable_saml_party *party, const char *callback, int is_posted, int is_forced, const char *relay_state,
    scorable_saml_message *message);
/// Verifies the signature of a message and that of the assertion right in it, of which at least one must be there and
/// each that is there must hold, by the key of one of the certificates, PEM. `message` is XML: a response, a message of
/// single logout, or an assertion by itself. Gives the assertion as it was signed, XML; NULL where there is none.
int scorable_saml_verify(
    const char *message, int length, const char *const *certificates, int count, char **assertion);
/// Verifies the signature of a redirect's query: `method` is its SigAlg, `text` what stands before the signature.
int scorable_saml_verify_query(
    const char *text, int text_length, const char *method, const unsigned char *signature, int length,
    const char *const *certificates, int count);

/// A signed request to sign a person out.
int scorable_saml_request_logout(
    const scorable_saml_party *party, const scorable_saml_subject *subject, int is_posted, const char *relay_state,
    scorable_saml_message *message);
/// Reads the answer to such a request, which was verified before: the query of a redirect, or the base64 of a form.
int scorable_saml_accept_logout(const scorable_saml_party *party, const char *answer);
/// The signed answer to the identity provider's own request, which was verified before. `has_ended`: whether the person
/// is signed out.
int scorable_saml_answer_logout(
    const scorable_saml_party *party, const char *request, int has_ended, int is_posted, const char *relay_state,
    scorable_saml_message *answer);

/// What an error means, in English.
const char *scorable_saml_reason(int error);
/// Frees a text that a call has given.
void scorable_saml_free(char *text);

#endif
