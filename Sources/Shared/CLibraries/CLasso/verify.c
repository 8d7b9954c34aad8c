#include "party.h"

#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>
#include <xmlsec/base64.h>
#include <xmlsec/keysdata.h>
#include <xmlsec/openssl/app.h>
#include <xmlsec/openssl/crypto.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmltree.h>

// Signatures by xmlsec, lasso's own library for them. lasso itself is not asked: it digests all that a stranger sends before
// it looks at who has signed, once for each certificate, and it refuses subjects that SAML allows.

/// What xmlsec may be made to do: the methods that are taken, and nothing that reads or computes anything else.
static const struct {
    const char *name;
    int is_ec;
    const EVP_MD *(*hash)(void);
} methods[] = {
    {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", 0, EVP_sha256},
    {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", 0, EVP_sha384},
    {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", 0, EVP_sha512},
    {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", 1, EVP_sha256},
    {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", 1, EVP_sha384},
    {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512", 1, EVP_sha512},
};

static xmlNode *child(xmlNode *parent, const char *name, const xmlChar *namespace) {
    for (xmlNode *node = parent == NULL ? NULL : parent->children; node != NULL; node = node->next)
        if (node->type == XML_ELEMENT_NODE && xmlSecCheckNodeName(node, (const xmlChar *)name, namespace)) return node;
    return NULL;
}

static EVP_PKEY *key_of(const char *certificate) {
    BIO *source = BIO_new_mem_buf(certificate, -1);
    X509 *x509 = source == NULL ? NULL : PEM_read_bio_X509(source, NULL, NULL, NULL);
    EVP_PKEY *key = x509 == NULL ? NULL : X509_get_pubkey(x509);
    X509_free(x509);
    BIO_free(source);
    return key;
}

/// A signature of two numbers side by side as OpenSSL wants it; returns its length, 0 when it is none.
static int packed(EVP_PKEY *key, const unsigned char *raw, int length, unsigned char **result) {
    int half = (EVP_PKEY_get_bits(key) + 7) / 8;
    if (length != 2 * half) return 0;
    ECDSA_SIG *signature = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, half, NULL), *s = BN_bin2bn(raw + half, half, NULL);
    int count = 0;
    if (signature != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(signature, r, s) == 1)
        count = i2d_ECDSA_SIG(signature, result);
    ECDSA_SIG_free(signature);
    return count > 0 ? count : 0;
}

static int holds(
    const char *certificate, int is_ec, const EVP_MD *hash, const unsigned char *value, int length,
    const unsigned char *signed_text, int signed_length) {
    EVP_PKEY *key = key_of(certificate);
    if (key == NULL) return 0;
    int is_good = 0;
    unsigned char *packed_value = NULL;
    if (EVP_PKEY_get_base_id(key) == (is_ec ? EVP_PKEY_EC : EVP_PKEY_RSA)) {
        int count = is_ec ? packed(key, value, length, &packed_value) : length;
        EVP_MD_CTX *context = EVP_MD_CTX_new();
        is_good = count > 0 && context != NULL && EVP_DigestVerifyInit(context, NULL, hash, NULL, key) == 1 &&
                  EVP_DigestVerify(
                      context, is_ec ? packed_value : value, (size_t)count, signed_text, (size_t)signed_length) == 1;
        EVP_MD_CTX_free(context);
    }
    OPENSSL_free(packed_value);
    EVP_PKEY_free(key);
    return is_good;
}

/// The prefixes that a canonical form is told to keep; NULL for none. To be freed, and the text with them.
static xmlChar **prefixes_of(xmlNode *method, xmlChar **text) {
    xmlNode *element = child(method, "InclusiveNamespaces", xmlSecNsExcC14N);
    *text = element == NULL ? NULL : xmlGetNoNsProp(element, (const xmlChar *)"PrefixList");
    if (*text == NULL) return NULL;
    size_t most = (size_t)xmlStrlen(*text) / 2 + 2, count = 0;
    xmlChar **prefixes = calloc(most, sizeof *prefixes);
    char *state = NULL;
    for (char *word = strtok_r((char *)*text, " \t\r\n", &state); prefixes != NULL && word != NULL;
         word = strtok_r(NULL, " \t\r\n", &state))
        prefixes[count++] = (xmlChar *)word;
    return prefixes;
}

/// The canonical form of SignedInfo, which is what a key has signed; returns its length.
static int canonical(xmlNode *information, xmlChar **text) {
    xmlNode *method = child(information, "CanonicalizationMethod", xmlSecDSigNs);
    xmlChar *algorithm = method == NULL ? NULL : xmlGetNoNsProp(method, (const xmlChar *)"Algorithm");
    int is_exclusive = algorithm != NULL && xmlStrEqual(algorithm, xmlSecHrefExcC14N);
    int is_known = is_exclusive || (algorithm != NULL && xmlStrEqual(algorithm, xmlSecHrefC14N));
    xmlFree(algorithm);
    if (!is_known) return 0;
    // Of a document of its own: the rest of the message would be walked through, too.
    xmlDoc *document = xmlNewDoc((const xmlChar *)"1.0");
    xmlNode *copy = document == NULL ? NULL : xmlDocCopyNode(information, document, 1);
    int length = 0;
    if (copy != NULL) {
        xmlDocSetRootElement(document, copy);
        xmlNs **outer = xmlGetNsList(information->doc, information);
        for (xmlNs **next = outer; next != NULL && *next != NULL; next++) {
            int is_there = 0;
            for (xmlNs *own = copy->nsDef; own != NULL; own = own->next)
                if (xmlStrEqual(own->prefix, (*next)->prefix)) is_there = 1;
            if (!is_there) xmlNewNs(copy, (*next)->href, (*next)->prefix);
        }
        xmlFree(outer);
        xmlChar *list = NULL;
        xmlChar **prefixes = is_exclusive ? prefixes_of(method, &list) : NULL;
        length = xmlC14NDocDumpMemory(
            document, NULL, is_exclusive ? XML_C14N_EXCLUSIVE_1_0 : XML_C14N_1_0, prefixes, 0, text);
        free(prefixes);
        xmlFree(list);
    }
    xmlFreeDoc(document);
    return length > 0 ? length : 0;
}

/// Which certificate is of the key that has signed what a signature says it is about; -1 for none.
static int signer(xmlNode *signature, const char *const *certificates, int count) {
    xmlNode *information = child(signature, "SignedInfo", xmlSecDSigNs);
    xmlNode *method = child(information, "SignatureMethod", xmlSecDSigNs);
    xmlNode *value = child(signature, "SignatureValue", xmlSecDSigNs);
    if (method == NULL || value == NULL) return -1;
    xmlChar *name = xmlGetNoNsProp(method, (const xmlChar *)"Algorithm");
    int known = -1;
    for (int index = 0; name != NULL && index < (int)(sizeof methods / sizeof *methods); index++)
        if (strcmp((const char *)name, methods[index].name) == 0) known = index;
    xmlFree(name);
    unsigned char bytes[2048];
    xmlChar *digits = xmlNodeGetContent(value), *text = NULL;
    xmlSecSize length = 0;
    if (digits == NULL || xmlSecBase64Decode_ex(digits, bytes, sizeof bytes, &length) < 0) length = 0;
    xmlFree(digits);
    int found = -1, signed_length = known < 0 || length == 0 ? 0 : canonical(information, &text);
    for (int index = 0; signed_length > 0 && found < 0 && index < count; index++)
        if (holds(
                certificates[index], methods[known].is_ec, methods[known].hash(), bytes, (int)length, text,
                signed_length))
            found = index;
    xmlFree(text);
    ERR_clear_error();
    return found;
}

static int allow(xmlSecDSigCtx *context) {
    xmlSecTransformId signatures[] = {
        xmlSecOpenSSLTransformRsaSha256GetKlass(),   xmlSecOpenSSLTransformRsaSha384GetKlass(),
        xmlSecOpenSSLTransformRsaSha512GetKlass(),   xmlSecOpenSSLTransformEcdsaSha256GetKlass(),
        xmlSecOpenSSLTransformEcdsaSha384GetKlass(), xmlSecOpenSSLTransformEcdsaSha512GetKlass(),
        xmlSecTransformInclC14NGetKlass(),           xmlSecTransformExclC14NGetKlass()};
    xmlSecTransformId references[] = {
        xmlSecTransformEnvelopedGetKlass(),    xmlSecTransformInclC14NGetKlass(),
        xmlSecTransformExclC14NGetKlass(),     xmlSecOpenSSLTransformSha256GetKlass(),
        xmlSecOpenSSLTransformSha384GetKlass(), xmlSecOpenSSLTransformSha512GetKlass()};
    for (size_t index = 0; index < sizeof signatures / sizeof *signatures; index++)
        if (xmlSecDSigCtxEnableSignatureTransform(context, signatures[index]) < 0) return -1;
    for (size_t index = 0; index < sizeof references / sizeof *references; index++)
        if (xmlSecDSigCtxEnableReferenceTransform(context, references[index]) < 0) return -1;
    context->enabledReferenceUris = xmlSecTransformUriTypeSameDocument;
    return 0;
}

/// Verifies the signature that an element has of itself. It can be about that element alone: no other one is found by name.
static int verify(xmlNode *element, const char *const *certificates, int count) {
    xmlNode *signature = child(element, "Signature", xmlSecDSigNs);
    if (signature == NULL) return LASSO_DS_ERROR_SIGNATURE_NOT_FOUND;
    int index = signer(signature, certificates, count);
    if (index < 0) return LASSO_DS_ERROR_INVALID_SIGNATURE;
    xmlAttr *id = xmlHasNsProp(element, (const xmlChar *)"ID", NULL);
    xmlChar *name = id == NULL ? NULL : xmlNodeListGetString(element->doc, id->children, 1);
    int error = LASSO_DS_ERROR_INVALID_SIGNATURE;
    xmlSecDSigCtx context;
    if (name != NULL && xmlAddID(NULL, element->doc, name, id) != NULL &&
        xmlSecDSigCtxInitialize(&context, NULL) == 0) {
        context.signKey = xmlSecOpenSSLAppKeyLoadMemory(
            (const xmlSecByte *)certificates[index], (xmlSecSize)strlen(certificates[index]),
            xmlSecKeyDataFormatCertPem, NULL, NULL, NULL);
        if (context.signKey != NULL && allow(&context) == 0 && xmlSecDSigCtxVerify(&context, signature) == 0 &&
            context.status == xmlSecDSigStatusSucceeded && xmlSecPtrListGetSize(&context.signedInfoReferences) == 1)
            error = 0;
        xmlSecDSigCtxFinalize(&context);
    }
    if (id != NULL) xmlRemoveID(element->doc, id);
    xmlFree(name);
    ERR_clear_error();
    return error;
}

int scorable_saml_verify(
    const char *message, int length, const char *const *certificates, int count, char **assertion) {
    xmlDoc *document =
        xmlReadMemory(message, length, NULL, "UTF-8", XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    xmlNode *root = document == NULL ? NULL : xmlDocGetRootElement(document);
    const xmlChar *saml = (const xmlChar *)LASSO_SAML2_ASSERTION_HREF;
    int error = root == NULL || document->intSubset != NULL ? LASSO_PROFILE_ERROR_INVALID_MSG : 0, verified = 0;
    xmlNode *said = NULL;
    if (error == 0) {
        said = xmlSecCheckNodeName(root, (const xmlChar *)"Assertion", saml) ? root : child(root, "Assertion", saml);
        xmlNode *candidates[] = {root, said == root ? NULL : said};
        for (int index = 0; error == 0 && index < 2; index++) {
            if (child(candidates[index], "Signature", xmlSecDSigNs) == NULL) continue;
            error = verify(candidates[index], certificates, count);
            verified += 1;
        }
    }
    if (error == 0 && verified == 0) error = LASSO_DS_ERROR_SIGNATURE_NOT_FOUND;
    if (error == 0 && said != NULL) {
        *assertion = scorable_saml_element_text(said);
        if (*assertion == NULL) error = LASSO_PROFILE_ERROR_MISSING_ASSERTION;
    }
    xmlFreeDoc(document);
    return error;
}

int scorable_saml_verify_query(
    const char *text, int text_length, const char *method, const unsigned char *signature, int length,
    const char *const *certificates, int count) {
    int found = 0;
    for (size_t known = 0; known < sizeof methods / sizeof *methods; known++) {
        if (strcmp(method, methods[known].name) != 0) continue;
        for (int index = 0; !found && index < count; index++)
            found = holds(
                certificates[index], methods[known].is_ec, methods[known].hash(), signature, length,
                (const unsigned char *)text, text_length);
    }
    ERR_clear_error();
    return found ? 0 : LASSO_DS_ERROR_INVALID_SIGNATURE;
}
