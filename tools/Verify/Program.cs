using System.Text;
using WalletFunctions.Verify;

Console.OutputEncoding = Encoding.UTF8;
using var input = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8);
return VerifyCommand.Run(args, input, Console.Out, Environment.GetEnvironmentVariable("LANG"));
