using System.Net;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Azure.Core.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Azure.Functions.Worker.Local;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>
/// Builds the app together with the local host that runs it. Arguments: <c>--port</c> (7071; 0 for any),
/// <c>--functions-assembly</c> (where the functions are, if not in the program) and <c>--functions-prefix</c> (which of
/// its types count, by full name).
/// </summary>
public class FunctionsApplicationBuilder : IHostApplicationBuilder, IFunctionsWorkerApplicationBuilder
{
    private readonly WebApplicationBuilder _builder;
    private readonly List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> _middleware = [];
    private readonly IReadOnlyList<Assembly> _assemblies;
    private readonly IReadOnlyList<LocalExtension> _extensions;
    private bool _built;

    internal FunctionsApplicationBuilder(string[]? args)
    {
        var directory = AppContext.BaseDirectory;
        LocalHost.Reporting(() => LocalSettings.ToEnvironment(directory), IsEmbedded(args));

        _builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            Args = args,
            ContentRootPath = directory,
            EnvironmentName = System.Environment.GetEnvironmentVariable("AZURE_FUNCTIONS_ENVIRONMENT") ?? Environments.Development,
        });
        Configuration
            .AddJsonFile("appsettings.json", optional: true, reloadOnChange: false)
            .AddJsonFile($"appsettings.{Environment.EnvironmentName}.json", optional: true, reloadOnChange: false)
            .AddEnvironmentVariables()
            .AddCommandLine(args ?? []);
        var hostJson = LocalHost.Reporting(() => LocalSettings.HostJson(directory, Configuration), IsEmbedded(args));
        _assemblies = Discovery.Assemblies(Configuration[FunctionsAssembly]);
        _extensions = Discovery.Extensions(_assemblies);

        AddLogging(hostJson);
        AddServer();
        AddWorker(hostJson);
        foreach (var extension in _extensions) extension.ConfigureServices(this);
    }

    private const string FunctionsAssembly = "functions-assembly";

    public IDictionary<object, object> Properties => ((IHostApplicationBuilder)_builder).Properties;
    public ConfigurationManager Configuration => _builder.Configuration;
    IConfigurationManager IHostApplicationBuilder.Configuration => Configuration;
    public IHostEnvironment Environment => _builder.Environment;
    public ILoggingBuilder Logging => _builder.Logging;
    public IMetricsBuilder Metrics => _builder.Metrics;
    public IServiceCollection Services => _builder.Services;

    public void ConfigureContainer<TContainerBuilder>(IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull => ((IHostApplicationBuilder)_builder).ConfigureContainer(factory, configure);

    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
    {
        ThrowIfBuilt();
        _middleware.Add(middleware);
        return this;
    }

    public IHost Build()
    {
        ThrowIfBuilt();
        _built = true;
        return LocalHost.Reporting(() => LocalHost.Create(_builder, _assemblies, _extensions), Configuration[FunctionsAssembly] is not null);
    }

    private static bool IsEmbedded(string[]? args) => args?.Contains("--" + FunctionsAssembly) ?? false;

    private void ThrowIfBuilt()
    {
        if (_built) throw new InvalidOperationException("The application has already been built.");
    }

    private void AddLogging(IConfigurationRoot hostJson)
    {
        Logging
            .AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss ";
                console.ColorBehavior = LoggerColorBehavior.Default;
            })
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("Azure", LogLevel.Warning)
            .AddConfiguration(hostJson.GetSection("logging"))
            .AddConfiguration(Configuration.GetSection("Logging"));
    }

    private void AddServer()
    {
        _builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // The worker's Kestrel stops at its default of 30 MB, the host before it at its own limit.
            kestrel.Limits.MaxRequestBodySize = Math.Min(kestrel.Limits.MaxRequestBodySize!.Value, Configuration.GetValue("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", long.MaxValue));
            // Bytes that are not ASCII reach the app, which can say what is wrong with them; Kestrel alone answers an empty 400.
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
            kestrel.Listen(IPAddress.Loopback, LocalHost.Port(Configuration));
        });
        Services.AddRouting();
    }

    private void AddWorker(IConfigurationRoot hostJson)
    {
        Services.Configure<JsonSerializerOptions>(json => json.PropertyNameCaseInsensitive = true);
        Services.AddOptions<WorkerOptions>().PostConfigure<IOptions<JsonSerializerOptions>>(
            (worker, json) => worker.Serializer ??= new JsonObjectSerializer(json.Value));
        Services.AddSingleton(new HostJson(hostJson));
        Services.AddSingleton<RunningInvocations>();
        Services.AddSingleton(services => new FunctionInvoker(
            Enumerable.Reverse(_middleware).Aggregate((FunctionExecutionDelegate)FunctionInvoker.ExecuteAsync, (next, middleware) => middleware(next)),
            services.GetRequiredService<IServiceScopeFactory>(),
            services.GetRequiredService<RunningInvocations>(),
            services.GetRequiredService<ILoggerFactory>()));
        var isDevelopment = Environment.IsDevelopment();
        ConfigureContainer(new DefaultServiceProviderFactory(new ServiceProviderOptions { ValidateScopes = isDevelopment, ValidateOnBuild = isDevelopment }));
    }
}
