using System.Xml.Linq;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Shared;

namespace Azure.Storage;

/// <summary>Makes and sends the blob or queue requests of one account.</summary>
internal sealed class StoragePipeline
{
    private const string Scope = "https://storage.azure.com/.default";

    private readonly HttpPipeline _pipeline;
    private readonly string _version;

    private StoragePipeline(string account, HttpPipelinePolicy authentication, ClientOptions options, string version)
    {
        Account = account;
        _version = version;
        var policies = new HttpPipelineOptions(options) { RequestFailedDetailsParser = new StorageErrors() };
        policies.PerRetryPolicies.Add(authentication);
        _pipeline = HttpPipelineBuilder.Build(policies);
    }

    public string Account { get; }

    public static StoragePipeline From(StorageAccount account, ClientOptions options, string version) =>
        From(new StorageSharedKeyCredential(account.Name, account.Key), options, version);

    public static StoragePipeline From(StorageSharedKeyCredential credential, ClientOptions options, string version)
    {
        ArgumentNullException.ThrowIfNull(credential);
        return new(credential.AccountName, new SharedKeyPolicy(credential), options, version);
    }

    public static StoragePipeline From(Uri uri, TokenCredential credential, ClientOptions options, string version)
    {
        ArgumentNullException.ThrowIfNull(credential);
        return new(StorageAccount.NameOf(uri), new BearerTokenAuthenticationPolicy(credential, Scope), options, version);
    }

    /// <summary>The address of what is called <paramref name="name"/> below <paramref name="parent"/>; slashes in the name stay.</summary>
    public static Uri Child(Uri parent, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new Uri($"{parent.AbsoluteUri.TrimEnd('/')}/{string.Join('/', name.Split('/').Select(Uri.EscapeDataString))}");
    }

    public HttpMessage Request(RequestMethod method, Uri address, params ReadOnlySpan<(string Name, string Value)> query)
    {
        var message = _pipeline.CreateMessage();
        var request = message.Request;
        request.Method = method;
        request.Uri.Reset(address);
        foreach (var (name, value) in query)
            if (value is not null) request.Uri.AppendQuery(name, value);
        request.Headers.Add("x-ms-version", _version);
        request.Headers.Add("Accept", "application/xml");
        return message;
    }

    /// <summary>Sends; an answer that is not one of <paramref name="expected"/> is thrown.</summary>
    public async Task<Response> SendAsync(HttpMessage message, StatusCodeClassifier expected, CancellationToken cancellationToken)
    {
        message.ResponseClassifier = expected;
        await _pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
        var response = message.Response;
        // Not Response.IsError: that is the transport's word, and a policy may have answered in its place.
        return expected.IsErrorResponse(message) ? throw new RequestFailedException(response) : response;
    }

    public static void SetXml(Request request, XElement body)
    {
        request.Headers.SetValue("Content-Type", "application/xml");
        request.Content = RequestContent.Create(BinaryData.FromString(body.ToString(SaveOptions.DisableFormatting)));
    }

    public static XElement Xml(Response response) => XDocument.Load(response.Content.ToStream()).Root;

    public static void SetMetadata(Request request, IDictionary<string, string> metadata)
    {
        if (metadata is null) return;
        foreach (var (name, value) in metadata) request.Headers.Add("x-ms-meta-" + name, value);
    }

    public static IDictionary<string, string> Metadata(Response response) =>
        response.Headers.Where(h => h.Name.StartsWith("x-ms-meta-", StringComparison.OrdinalIgnoreCase))
            .ToDictionary(h => h.Name["x-ms-meta-".Length..], h => h.Value, StringComparer.OrdinalIgnoreCase);

    public static string Header(Response response, string name) => response.Headers.TryGetValue(name, out var value) ? value : null;
}
