using System.Security.Cryptography;
using Azure.Core;
using MailKit;
using MailKit.Security;

namespace WalletFunctions.Support.Email;

/// <summary>Connects a client as its settings say, IMAP and SMTP alike.</summary>
internal sealed class MailConnections(Lazy<TokenCredential> credential)
{
    public async Task ConnectAsync(MailService client, MailServer server, CancellationToken cancellationToken)
    {
        client.Timeout = server.Timeout;
        client.CheckCertificateRevocation = server.CheckRevocation;
        if (server.CertificateSha256 is { } pin)
        {
            client.ServerCertificateValidationCallback = (_, certificate, _, _) =>
                certificate is not null && certificate.GetCertHashString(HashAlgorithmName.SHA256).Equals(pin, StringComparison.OrdinalIgnoreCase);
        }

        await client.ConnectAsync(server.Host, server.Port, server.Security, cancellationToken);
        if (client.IsAuthenticated) return; // the server knew us by the connection itself
        if (server.TokenScope is { } scope)
        {
            // Tokens live for about an hour and are not renewed by the client; each connection takes the credential's current one.
            var token = await credential.Value.GetTokenAsync(new TokenRequestContext([scope]), cancellationToken);
            await client.AuthenticateAsync(new SaslMechanismOAuth2(server.User!, token.Token), cancellationToken);
        }
        else if (server.Password is { } password)
        {
            await client.AuthenticateAsync(server.User!, password, cancellationToken);
        }
    }
}
