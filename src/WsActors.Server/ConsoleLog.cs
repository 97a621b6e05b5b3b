using System.Globalization;
using System.Text;
using Akka;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Extensions.Logging;

namespace WsActors.Server;

/// <summary>The program's log: one line for each entry on the console, with time, level and message.</summary>
internal static class ConsoleLog
{
    private const string Template = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}";

    private static readonly string[] BindFailures =
        ["Bind failed for TCP channel", "Failed to bind to ", "Remoting error: [Startup failed]"];

    public static void AddConsoleLog(this ILoggingBuilder logging)
    {
        Console.SetOut(new StackTraceFilter(Console.Out));
        var logger = new LoggerConfiguration()
            .MinimumLevel.Verbose()

            // The program ends with the reason of a failed bind, in one line on stderr.
            .Filter.ByExcluding(static e => e.RenderMessage(CultureInfo.InvariantCulture) is var message
                && Array.Exists(BindFailures, failure => message.StartsWith(failure, StringComparison.Ordinal)))
            .WriteTo.Console(outputTemplate: Template, formatProvider: CultureInfo.InvariantCulture)
            .CreateLogger();

        // Serilog is one provider among others: AddSerilog would add a rule that overrides the filters.
        logging
            .ClearProviders()
            .SetMinimumLevel(LogLevel.Warning)
            .AddFilter("WsActors", LogLevel.Information)

            // akka.loglevel decides how much Akka logs.
            .AddFilter("Akka.Actor", LogLevel.Trace)

            // The program itself reports the host's start and stop. A failed start is reported once, in one line on stderr.
            .AddFilter("Akka.Hosting", LogLevel.None)
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None)

            // The response reports the health; a log line for each probe of a stopping server would only repeat it.
            .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None)
            .AddProvider(new SerilogLoggerProvider(logger, dispose: true));
    }

    /// <summary>
    /// Delays the end of the actor system until its logger has written all entries: later ones Akka writes to the console in another
    /// format. The logger is an actor and answers an <c>Identify</c> after all earlier messages.
    /// </summary>
    public static void FlushAtShutdown(ActorSystem system) => CoordinatedShutdown.Get(system).AddTask(
        CoordinatedShutdown.PhaseBeforeActorSystemTerminate,
        "write-the-log",
        async () =>
        {
            await system.ActorSelection("/system/log*").Ask<ActorIdentity>(new Identify("is that all?"), TimeSpan.FromSeconds(5));
            return Done.Instance;
        });

    /// <summary>
    /// Drops a failed start's stack trace, which Akka.Hosting writes directly to the console before it throws.
    /// </summary>
    private sealed class StackTraceFilter(TextWriter console) : TextWriter(CultureInfo.InvariantCulture)
    {
        public override Encoding Encoding => console.Encoding;

        public override void Write(char value) => console.Write(value);

        public override void Write(string? value) => console.Write(value);

        public override void Write(char[] buffer, int index, int count) => console.Write(buffer, index, count);

        public override void Flush() => console.Flush();

        public override void WriteLine(string? value)
        {
            if (value?.StartsWith("Unable to start AkkaHostedService", StringComparison.Ordinal) is not true)
            {
                console.WriteLine(value);
            }
        }
    }
}
