using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Merchants.Webhooks;

/// <summary>Tells merchants what happens with their payments and refunds, at the endpoints they registered.</summary>
public sealed class MerchantEvents
{
    internal const string TableName = "merchantwebhooks";

    private readonly TableClient table;

    internal MerchantEvents(Storage storage) => table = storage.Table(TableName);

    /// <summary>Publishes an event, once per key. When this returns it is stored for every endpoint, and goes out by itself; nobody waits for an endpoint.</summary>
    /// <param name="merchant">The merchant's account.</param>
    /// <param name="key">Names the occasion: <c>rfd_…:requested</c>. The same key again is the same event.</param>
    /// <param name="type">One of <see cref="MerchantEventTypes"/>.</param>
    /// <param name="data">The event's <c>data</c> as merchants get it; serialised as answers are. Must be the same at every repeat.</param>
    /// <exception cref="RequestFailedException">The storage is out of reach: call again, with the same key.</exception>
    internal async Task PublishAsync(AccountId merchant, string key, string type, object data, CancellationToken cancellationToken)
    {
        try
        {
            await table.AddEntityAsync(
                new TableEntity(merchant.Value, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))) { ["Type"] = type, ["Data"] = AnswerJson.Serialize(data) },
                cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            // Published before.
        }
    }
}
