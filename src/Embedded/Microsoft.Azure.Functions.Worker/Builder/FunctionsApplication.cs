namespace Microsoft.Azure.Functions.Worker.Builder;

public class FunctionsApplication
{
    internal FunctionsApplication() { }

    public static FunctionsApplicationBuilder CreateBuilder(string[] args) => new(args);
}
