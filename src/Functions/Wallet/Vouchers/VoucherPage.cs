using System.Text;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet.Vouchers;

/// <summary>A voucher to be printed or saved. What <c>data-field</c> marks is compared with what was signed when the page is verified.</summary>
internal static class VoucherPage
{
    private static readonly Text Title = new("交易凭证", "Transaction voucher");
    private static readonly Text Signed = new("签名文本", "The signed text");

    private static readonly Text Hint = new(
        "任何人都可以核验：将本页另存，或复制下面的签名文本，用开具方在 /api/v1/voucher-keys 公布的公钥校验（JWS，ES256）。本产品源代码中的 tools/Verify 可离线核验。只有签名文本具有效力。",
        "Anybody can verify this: save this page, or copy the signed text below, and check it (JWS, ES256) with the keys that the issuer publishes at /api/v1/voucher-keys. tools/Verify in this product's source does so without a network. The signed text alone counts.");

    private static readonly Dictionary<string, Text> Labels = new(StringComparer.Ordinal)
    {
        ["transactionId"] = new("交易编号", "Transaction"),
        ["kind"] = new("类型", "Kind"),
        ["direction"] = new("方向", "Direction"),
        ["status"] = new("状态", "Status"),
        ["amount"] = new("金额", "Amount"),
        ["fee"] = new("手续费", "Fee"),
        ["payer"] = new("付款方", "Payer"),
        ["payee"] = new("收款方", "Payee"),
        ["time"] = new("交易时间", "Time"),
        ["entry"] = new("记账序号", "Entry"),
        ["entryHash"] = new("记账哈希", "Entry's hash"),
        ["issuer"] = new("开具方", "Issuer"),
        ["issuedAt"] = new("开具时间", "Issued at"),
        ["reversedBy"] = new("撤销该交易的交易", "Reversed by"),
        ["refunds"] = new("退还的付款", "Refunds"),
        ["keyId"] = new("签名密钥", "Signing key"),
    };

    public static string Render(IssuedVoucher issued, Language language)
    {
        var page = new StringBuilder(PrintPage.Begin(language, Title.In(language))).Append("<table>\n");
        foreach (var (name, value) in issued.Voucher.Fields().Append(("keyId", issued.KeyId)))
        {
            page.Append("<tr><th>").Append(Labels[name].In(language)).Append("</th><td>");
            if (name == "kind")
            {
                page.Append(issued.KindWords.In(language)).Append(' ');
            }

            page.Append("<span data-field=\"").Append(name).Append("\">").Append(PrintPage.Encode(value)).Append("</span></td></tr>\n");
        }

        return page.Append("</table>\n<h2>").Append(Signed.In(language)).Append("</h2>\n<pre data-field=\"voucher\">").Append(issued.Signed).Append("</pre>\n<p>")
            .Append(Hint.In(language)).Append("</p>\n").Append(PrintPage.End).ToString();
    }
}
