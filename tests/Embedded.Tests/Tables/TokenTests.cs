using Azure.Core;
using Azure.Data.Tables;
using Embedded.Tests.Support;
using Shouldly;
using Xunit;

namespace Embedded.Tests.Tables;

/// <summary>States learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory: the scope, and that tokens travel over https only.</summary>
public class TokenTests
{
    [Fact]
    public async Task A_token_for_storage_is_asked_for_and_sent_over_https_only()
    {
        var credential = new OneToken();
        var options = new TableClientOptions().With(new Faults(_ => new(FaultKind.Answer, 204)));
        var table = new TableClient(new Uri("https://acct.table.core.windows.net"), "t", credential, options);
        (await table.AddEntityAsync(new TableEntity("p", "r"))).Status.ShouldBe(204);
        table.AccountName.ShouldBe("acct");
        credential.Scopes.ShouldBe(["https://storage.azure.com/.default"]);
        await Should.ThrowAsync<InvalidOperationException>(() => new TableClient(new Uri("http://127.0.0.1:1/acct"), "t", credential, options).AddEntityAsync(new TableEntity("p", "r")));
    }

    private sealed class OneToken : TokenCredential
    {
        public string[] Scopes { get; private set; } = [];

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Scopes = requestContext.Scopes;
            return ValueTask.FromResult(new AccessToken("token", DateTimeOffset.UtcNow.AddHours(1)));
        }
    }
}
