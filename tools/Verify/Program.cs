using System.Text;
using WalletFunctions.Domain;
using WalletFunctions.Verify;

Console.OutputEncoding = Encoding.UTF8;
using var input = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8);
var lang = Environment.GetEnvironmentVariable("LANG");
return args is ["anchor", .. var rest]
    ? await AnchorCommand.RunAsync(rest, Console.Out, lang?.StartsWith("zh", StringComparison.OrdinalIgnoreCase) == true ? Language.Zh : Language.En)
    : VerifyCommand.Run(args, input, Console.Out, lang);
