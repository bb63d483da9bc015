using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Accounts;
using WalletFunctions.Domain.Signing;
using WalletFunctions.Domain.Vouchers;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet.Vouchers;

/// <summary>Signed vouchers of transactions, and the keys that anybody may verify them with.</summary>
public sealed class VoucherHttp(VoucherDesk desk, SigningKeys keys)
{
    private const string KeysPath = "/api/v1/voucher-keys";

    /// <summary>A voucher, signed now: JSON, the signed text alone, or a page, by <c>?format=json|jose|html</c> or <c>Accept</c>.</summary>
    [Function("GetTransactionVoucher")]
    [Access(Role.Customer | Role.Merchant)]
    [Operation("A signed voucher of a transaction: JSON, the signed text (application/jose) or a printable page (text/html)", Response = typeof(VoucherAnswer),
        Query = ["format"], Codes = ["not_found", "voucher_not_available", "invalid_field"])]
    public async Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/transactions/{transactionId}/voucher")] HttpRequest request, string transactionId, CancellationToken cancellationToken)
    {
        var format = DocumentFormat.Choose(request, DocumentFormat.Json, DocumentFormat.Jose, DocumentFormat.Html);
        if (!format.IsOk)
        {
            return Answers.Problem(request, format.Error);
        }

        var caller = request.Caller();
        var issued = await desk.IssueAsync(caller, transactionId, cancellationToken);
        if (!issued.IsOk)
        {
            return Answers.Problem(request, issued.Error);
        }

        var (voucher, signed, keyId, _) = issued.Value;
        return format.Value.Name switch
        {
            "html" => Answers.Html(VoucherPage.Render(issued.Value, caller.Language), PrintPage.ContentSecurityPolicy),
            "jose" => new DocumentAnswer(DocumentFormat.Jose.MediaType, (body, cancellation) => body.WriteAsync(Encoding.ASCII.GetBytes(signed), cancellation).AsTask())
            {
                FileName = voucher.TransactionId.Value.Replace(':', '-') + ".jws",
            },
            _ => Answers.Ok(new VoucherAnswer(signed, keyId, KeysPath, voucher)),
        };
    }

    /// <summary>Every key that vouchers were ever signed with, and the next one: retired keys stay, for vouchers do not expire.</summary>
    [Function("ListVoucherKeys")]
    [Access(Role.Anonymous)]
    [Operation("The keys that vouchers are signed with (RFC 7517)", Response = typeof(PublicKeySet))]
    public async Task<IResult> KeysAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/voucher-keys")] HttpRequest request, CancellationToken cancellationToken) =>
        Answers.Ok(await keys.Vouchers.PublishedAsync(cancellationToken));

    /// <param name="Voucher">The signed text, a compact JWS (RFC 7515).</param>
    /// <param name="KeyId">The key that signed it.</param>
    /// <param name="Keys">Where the keys are published.</param>
    /// <param name="Content">What is signed, in plain.</param>
    internal sealed record VoucherAnswer(string Voucher, string KeyId, string Keys, Voucher Content);
}
