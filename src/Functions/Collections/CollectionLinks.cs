using Microsoft.Extensions.Configuration;
using WalletFunctions.Domain.Collections;

namespace WalletFunctions.Collections;

/// <summary>Where payers find a collection.</summary>
internal sealed class CollectionLinks(IConfiguration configuration)
{
    /// <summary>An address that answers the collection.</summary>
    public string Of(CollectionCode code)
    {
        // The host tells its own name once it listens.
        var host = configuration["WEBSITE_HOSTNAME"] ?? throw new InvalidOperationException("WEBSITE_HOSTNAME is not set: the host does not listen yet.");
        var isLocal = host.StartsWith("127.0.0.1", StringComparison.Ordinal) || host.StartsWith("localhost", StringComparison.Ordinal);
        return $"{(isLocal ? "http" : "https")}://{host}/api/v1/collections/{code}";
    }
}
