using System.Xml.Linq;
using Azure;
using Azure.Data.Tables;
using Microsoft.AspNetCore.DataProtection.Repositories;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts;

/// <summary>Data Protection's key ring as rows of table <c>keys</c>, shared by all hosts.</summary>
internal sealed class KeyRingTable(Storage storage) : IXmlRepository
{
    private const string Partition = "data-protection";

    private readonly TableClient table = storage.Table(SigningKeys.TableName);

    // Data Protection reads its ring synchronously, once a day; its interface leaves no other way.
    public IReadOnlyCollection<XElement> GetAllElements() => ReadAsync().GetAwaiter().GetResult();

    public void StoreElement(XElement element, string friendlyName) => WriteAsync(element, friendlyName).GetAwaiter().GetResult();

    public async Task<IReadOnlyCollection<XElement>> ReadAsync()
    {
        var elements = new List<XElement>();
        await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {Partition}")).ConfigureAwait(false))
        {
            elements.Add(XElement.Parse(row.GetString("Xml")));
        }

        return elements;
    }

    private async Task WriteAsync(XElement element, string friendlyName)
    {
        try
        {
            await table.AddEntityAsync(new TableEntity(Partition, friendlyName) { ["Xml"] = element.ToString(SaveOptions.DisableFormatting) }).ConfigureAwait(false);
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            // Our own write, repeated after its answer was lost: names hold the key's id.
        }
    }
}
