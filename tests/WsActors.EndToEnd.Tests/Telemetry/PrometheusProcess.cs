using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace WsActors.EndToEnd.Tests.Telemetry;

/// <summary>Prometheus, with the settings of <c>docker-compose.yml</c> but for the target and a shorter interval.</summary>
internal sealed class PrometheusProcess : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wsactors-prometheus-").FullName;

    private readonly HttpClient _http;

    private readonly Process _process;

    public PrometheusProcess(Uri metrics)
    {
        var listen = $"127.0.0.1:{FreePorts.One()}";
        var settings = Settings()
            .Replace("one.metrics:9464", metrics.Authority, StringComparison.Ordinal)
            .Replace(""", "two.metrics:9464", "three.metrics:9464" """.TrimEnd(), "", StringComparison.Ordinal)
            .Replace("scrape_interval: 5s", "scrape_interval: 500ms", StringComparison.Ordinal);
        Assert.DoesNotContain("9464", settings.Replace(metrics.Authority, "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("500ms", settings, StringComparison.Ordinal);
        var file = Path.Combine(_folder, "prometheus.yml");
        File.WriteAllText(file, settings);
        _http = new HttpClient { BaseAddress = new Uri($"http://{listen}") };
        _process = Process.Start(new ProcessStartInfo(
            "prometheus",
            [$"--config.file={file}", $"--storage.tsdb.path={_folder}/data", $"--web.listen-address={listen}", "--log.level=warn"])
        {
            Environment = { ["GOMAXPROCS"] = "1" },
        })!; // not null: the shell is not used
    }

    /// <summary>The configuration of Prometheus.</summary>
    public static string Settings() => File.ReadAllText(Path.Combine(Repository.Root, "deploy", "prometheus", "prometheus.yml"));

    /// <summary>Whether a query yields a number now. Not before Prometheus listens.</summary>
    /// <exception cref="HttpRequestException">The query is wrong.</exception>
    public async Task<bool> YieldsAsync(string query)
    {
        Assert.False(_process.HasExited, "Prometheus has ended.");
        using var form = new FormUrlEncodedContent([new("query", query)]);
        try
        {
            using var response = await _http.PostAsync(new Uri("/api/v1/query", UriKind.Relative), form);
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                return false; // it replays its empty log
            }

            var answer = await response.Content.ReadAsStringAsync();
            Assert.True(response.IsSuccessStatusCode, $"{query}: {answer}");
            using var json = JsonDocument.Parse(answer);
            return json.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Any(static series => IsNumber(series));
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
        {
            return false; // it does not listen yet
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static bool IsNumber(JsonElement series) =>
        double.IsFinite(double.Parse(series.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture));
}
