using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Shared;

namespace Azure.Data.Tables;

/// <summary>Makes and sends the requests of one account. Source: learn.microsoft.com/rest/api/storageservices/table-service-rest-api.</summary>
internal sealed class TablePipeline
{
    private const string Scope = "https://storage.azure.com/.default";
    private const string Format = "application/json;odata=minimalmetadata";

    private readonly HttpPipeline _pipeline;
    private readonly string _version;

    private TablePipeline(Uri endpoint, string account, HttpPipelinePolicy authentication, TableClientOptions options)
    {
        options ??= new TableClientOptions();
        Endpoint = endpoint;
        Account = account;
        _version = options.VersionString;
        var policies = new HttpPipelineOptions(options) { RequestFailedDetailsParser = TableErrors.Parser };
        policies.PerRetryPolicies.Add(authentication);
        _pipeline = HttpPipelineBuilder.Build(policies);
    }

    public Uri Endpoint { get; }

    public string Account { get; }

    public static TablePipeline From(string connectionString, TableClientOptions options)
    {
        var account = StorageAccount.Parse(connectionString, "Table", 10002);
        return From(account.Endpoint, new TableSharedKeyCredential(account.Name, account.Key), options);
    }

    public static TablePipeline From(Uri endpoint, TableSharedKeyCredential credential, TableClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(credential);
        return new(endpoint, credential.AccountName, new SharedKeyLitePolicy(credential), options);
    }

    public static TablePipeline From(Uri endpoint, TokenCredential credential, TableClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(credential);
        return new(endpoint, StorageAccount.NameOf(endpoint), new BearerTokenAuthenticationPolicy(credential, Scope), options);
    }

    /// <summary>The address of a resource of the account; <paramref name="path"/> begins with '/' and is already encoded.</summary>
    public Uri Address(string path) => new(Endpoint.AbsoluteUri.TrimEnd('/') + path);

    public HttpMessage Request(RequestMethod method, Uri address, byte[] body = null)
    {
        var message = _pipeline.CreateMessage();
        var request = message.Request;
        request.Method = method;
        request.Uri.Reset(address);
        request.Headers.Add("x-ms-version", _version);
        request.Headers.Add("DataServiceVersion", "3.0");
        request.Headers.Add("Accept", Format);
        if (body is null) return message;
        request.Headers.Add("Content-Type", "application/json");
        request.Content = RequestContent.Create(body);
        return message;
    }

    /// <summary>Sends; an answer that <paramref name="expected"/> does not hold is thrown.</summary>
    public async Task<Response> SendAsync(HttpMessage message, StatusCodeClassifier expected, CancellationToken cancellationToken)
    {
        message.ResponseClassifier = expected;
        await _pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
        var response = message.Response;
        // Not Response.IsError: that is the transport's word, and a policy may have answered in its place.
        return expected.IsErrorResponse(message) ? throw new RequestFailedException(response) : response;
    }
}
