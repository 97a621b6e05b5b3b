using System.Globalization;
using System.Text;
using Akka;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Extensions.Logging;

namespace WsActors.Server;

/// <summary>The program's logs: one line each on the console, with time, level and message.</summary>
internal static class ConsoleLog
{
    private static readonly string[] BindFailures = ["Bind failed for TCP channel", "Failed to bind to ", "Remoting error: [Startup failed]"];

    public static void AddConsoleLog(this ILoggingBuilder logging)
    {
        Console.SetOut(new WithoutTraces(Console.Out));
        var logger = new LoggerConfiguration()
            .MinimumLevel.Verbose()

            // Why a bind failed is what the program ends with, in one line on stderr.
            .Filter.ByExcluding(static e => e.RenderMessage(CultureInfo.InvariantCulture) is var message
                && Array.Exists(BindFailures, failure => message.StartsWith(failure, StringComparison.Ordinal)))
            .WriteTo.Console(outputTemplate: "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}", formatProvider: CultureInfo.InvariantCulture)
            .CreateLogger();

        // As a provider among others: AddSerilog would add a rule that overrules the filters.
        logging
            .ClearProviders()
            .SetMinimumLevel(LogLevel.Warning)
            .AddFilter("WsActors", LogLevel.Information)

            // How much Akka says is for akka.loglevel to decide.
            .AddFilter("Akka.Actor", LogLevel.Trace)

            // What the host has to say is said by the program. A start that failed is said once, in one line on stderr.
            .AddFilter("Akka.Hosting", LogLevel.None)
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None)

            // The answer tells the prober; a line for each probe of a server that shuts down would only repeat it.
            .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None)
            .AddProvider(new SerilogLoggerProvider(logger, dispose: true));
    }

    /// <summary>
    /// Ends the actor system only when its logger has written what it was told: what still waits then, Akka writes past all logging, in
    /// a form of its own. Every actor answers an <c>Identify</c> in its turn, the logger too.
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
    /// Akka.Hosting writes a failed start with its stack trace to the console, past all logging, before it throws it. This drops that.
    /// </summary>
    private sealed class WithoutTraces(TextWriter console) : TextWriter(CultureInfo.InvariantCulture)
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
