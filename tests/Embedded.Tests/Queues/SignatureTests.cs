using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage;
using Shouldly;
using Xunit;

namespace Embedded.Tests.Queues;

/// <summary>States learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key, for blobs and queues.</summary>
public class SignatureTests
{
    private const string Key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    [Fact]
    public void Headers_path_and_parameters_are_signed()
    {
        var credential = new StorageSharedKeyCredential("acct", Key);
        using var request = HttpClientTransport.Shared.CreateRequest();
        request.Method = RequestMethod.Get;
        request.Uri.Reset(new Uri("https://acct.queue.core.windows.net/jobs/messages?numofmessages=1"));
        request.Headers.Add("x-ms-version", "2020-12-06");
        request.Headers.Add("x-ms-date", "Mon, 05 Jan 2026 12:00:00 GMT");
        request.Headers.Add("Accept", "application/xml");

        var text = new SharedKeyPolicy(credential).StringToSign(request);

        text.ShouldBe("GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Mon, 05 Jan 2026 12:00:00 GMT\nx-ms-version:2020-12-06\n/acct/jobs/messages\nnumofmessages:1");
        credential.Sign(text).ShouldBe("8PdURUEuJZbsTqeBcXQ8ZpFJ9bEV0S1Vg1dPx8G2PLA=");
    }
}
