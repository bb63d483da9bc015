using Azure.Core;
using Azure.Data.Tables;
using Shouldly;
using Xunit;

namespace Embedded.Tests.Tables;

/// <summary>States learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key, SharedKeyLite for tables.</summary>
public class SignatureTests
{
    private const string Key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    private const string Date = "Mon, 05 Jan 2026 12:00:00 GMT";

    [Theory]
    [InlineData("acct", "https://acct.table.core.windows.net/Wallets(PartitionKey='p',RowKey='r')?$select=a", "+IzOKx2MqMjNrN+sYtLwbVv7QmNVKgipHSnq3Q2snnk=")]
    [InlineData("devstoreaccount1", "http://127.0.0.1:10002/devstoreaccount1/Wallets(PartitionKey='p',RowKey='r')", "BPO6XuNc24bRJVBDXRqTd4JvashK9/bC+K/QCSjnqXg=")]
    public void The_date_and_the_path_are_signed(string account, string address, string signature)
    {
        var uri = new RequestUriBuilder();
        uri.Reset(new Uri(address));
        new SharedKeyLitePolicy(new TableSharedKeyCredential(account, Key)).Authorization(Date, uri).ShouldBe($"SharedKeyLite {account}:{signature}");
    }
}
