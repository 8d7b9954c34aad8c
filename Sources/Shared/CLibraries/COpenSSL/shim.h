#pragma once
#include <string.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// Typed accessors for macros and variadic functions, which Swift does not import.

static inline int co_gcm_get_tag(EVP_CIPHER_CTX *context, unsigned char *tag, int length) {
    return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, length, tag);
}

static inline int co_gcm_set_tag(EVP_CIPHER_CTX *context, const unsigned char *tag, int length) {
    return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, length, (void *)tag);
}

static inline EVP_PKEY *co_generate_p256(void) { return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"); }

static inline EVP_PKEY *co_generate_rsa(size_t bits) { return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", bits); }

static inline EVP_PKEY *co_generate_x25519(void) { return EVP_PKEY_Q_keygen(NULL, NULL, "X25519"); }

// Without this OpenSSL asks for the passphrase of an encrypted key on the terminal.
static inline int co_no_passphrase(char *buffer, int size, int writing, void *context) {
    (void)buffer; (void)size; (void)writing; (void)context;
    return -1;
}

static inline EVP_PKEY *co_read_private_key(BIO *source) {
    return PEM_read_bio_PrivateKey(source, NULL, co_no_passphrase, NULL);
}

static inline X509 *co_read_certificate(BIO *source) {
    return PEM_read_bio_X509(source, NULL, co_no_passphrase, NULL);
}

static inline long co_memory_contents(BIO *memory, char **start) { return BIO_get_mem_data(memory, start); }

static inline int co_add_extension(X509 *certificate, X509 *issuer, int nid, const char *value) {
    X509V3_CTX context;
    memset(&context, 0, sizeof context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    if (extension == NULL) { return 0; }
    int added = X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return added;
}

static inline int co_add_common_name(X509_NAME *name, const unsigned char *text, int length) {
    return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, length, -1, 0);
}

static inline int co_require_tls12(SSL_CTX *context) { return (int)SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION); }

// The buffers of a connection, 34 KB, are held only while something is in them.
static inline void co_release_buffers_when_idle(SSL_CTX *context) {
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
}

static inline int co_add_chain_certificate(SSL_CTX *context, X509 *certificate) {
    return (int)SSL_CTX_add1_chain_cert(context, certificate);
}

// A server's choice: first the cipher whose key schedule does without SHA-384. Sessions are resumed by tickets alone, and
// a client cannot make the server negotiate again and again.
static inline int co_prefer_own_ciphers(SSL_CTX *context) {
    SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    return SSL_CTX_set_ciphersuites(
        context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256");
}

static inline int co_set_server_name(SSL *connection, const char *name) {
    return (int)SSL_set_tlsext_host_name(connection, name);
}

static const int co_pkey_x25519 = EVP_PKEY_X25519;
