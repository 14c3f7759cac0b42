import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import javax.servlet.DispatcherType;
import javax.servlet.Filter;
import javax.servlet.FilterChain;
import javax.servlet.FilterConfig;
import javax.servlet.ServletException;
import javax.servlet.ServletRequest;
import javax.servlet.ServletResponse;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.servlet.FilterHolder;
import org.eclipse.jetty.servlet.ServletContextHandler;
import org.eclipse.jetty.servlet.ServletHolder;
import org.springframework.beans.MutablePropertyValues;
import org.springframework.http.converter.json.MappingJackson2HttpMessageConverter;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.support.SQLErrorCodeSQLExceptionTranslator;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.context.support.StaticWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * The page's controller in a server: Spring MVC without Boot, as Debian has no
 * Boot. On another port what the test asks of it: all grants, and to send many
 * messages at once.
 */
public class Main {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    public static void main(String[] args) throws Exception {
        HikariDataSource source = new HikariDataSource();
        source.setJdbcUrl(System.getenv("DATABASE_URL"));
        source.setUsername("shop");
        source.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        JdbcTemplate db = new JdbcTemplate(source);
        if (source.getJdbcUrl().startsWith("jdbc:mariadb:")) {
            // Spring 4.3 knows no MariaDB, and takes a repeated key for any other violation.
            db.setExceptionTranslator(new SQLErrorCodeSQLExceptionTranslator("MySQL"));
        }
        TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(source));
        Grants grants = new Grants(db, transaction, Main::subscribeSend);
        control(db, grants);
        serve(new SubscribeController(db, transaction, grants));
    }

    private static int port(String variable) {
        return Integer.parseInt(System.getenv(variable));
    }

    /** The client of the test's subscribe/send. */
    private static int subscribeSend(Map<String, Object> message) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(System.getenv("WECHAT_URL")))
                    .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(message)))
                    .version(HttpClient.Version.HTTP_1_1)
                    .build();
            HttpResponse<byte[]> response = HTTP.send(request, HttpResponse.BodyHandlers.ofByteArray());
            return JSON.readTree(response.body()).get("errcode").asInt();
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static void control(JdbcTemplate db, Grants grants) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port("CONTROL_PORT")), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", exchange -> {
            Object reply = exchange.getRequestMethod().equals("GET")
                    ? grants(db)
                    : sendAll(grants, JSON.readValue(exchange.getRequestBody(), String[][].class));
            byte[] body = JSON.writeValueAsBytes(reply);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    private static List<List<Object>> grants(JdbcTemplate db) {
        return db.query("SELECT g.report_id, g.state, g.answered_at, a.trigger_act"
                + " FROM subscribe_grant g JOIN subscribe_answer a ON a.report_id = g.report_id",
                (row, number) -> List.of(row.getString(1), row.getString(2), row.getLong(3), row.getString(4)));
    }

    private static Map<String, Long> sendAll(Grants grants, String[][] messages) {
        ExecutorService threads = Executors.newFixedThreadPool(50);
        try {
            List<Callable<String>> calls = Arrays.stream(messages)
                    .<Callable<String>>map(message -> () -> send(grants, message[0], message[1], message[2]))
                    .collect(Collectors.toList());
            return threads.invokeAll(calls).stream().map(Main::resultOf)
                    .collect(Collectors.groupingBy(word -> word, Collectors.counting()));
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        } finally {
            threads.shutdown();
        }
    }

    private static String send(Grants grants, String id, String openId, String templateId) {
        return grants.send(id, Map.of("touser", openId, "template_id", templateId,
                "data", Map.of("thing1", Map.of("value", id))));
    }

    private static String resultOf(Future<String> sent) {
        try {
            return sent.get();
        } catch (Exception failed) {
            System.err.println(failed.getMessage());
            return "error";
        }
    }

    private static void serve(Object controller) throws Exception {
        StaticWebApplicationContext context = new StaticWebApplicationContext();
        context.getBeanFactory().registerSingleton("controller", controller);
        context.registerSingleton("mapping", RequestMappingHandlerMapping.class);
        MutablePropertyValues json = new MutablePropertyValues();
        json.add("messageConverters", List.of(new MappingJackson2HttpMessageConverter()));
        context.registerSingleton("adapter", RequestMappingHandlerAdapter.class, json);

        ServletContextHandler handler = new ServletContextHandler();
        handler.addServlet(new ServletHolder(new DispatcherServlet(context)), "/");
        handler.addFilter(new FilterHolder(new SignIn()), "/*", EnumSet.of(DispatcherType.REQUEST));
        Server server = new Server(new InetSocketAddress("127.0.0.1", port("PORT")));
        // The cache of Jetty 9 takes header values that differ by case for equal.
        ((ServerConnector) server.getConnectors()[0]).getConnectionFactory(HttpConnectionFactory.class)
                .getHttpConfiguration().setHeaderCacheSize(0);
        server.setHandler(handler);
        server.start();
        server.join();
    }

    /** The sign-in of the test: the header is the user. */
    private static class SignIn implements Filter {
        @Override
        public void init(FilterConfig config) {}

        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            String user = ((HttpServletRequest) request).getHeader("Authorization");
            if (user == null || user.isEmpty()) {
                ((HttpServletResponse) response).setContentType("application/json");
                ((HttpServletResponse) response).setStatus(401);
                response.getWriter().write("{}");
                return;
            }
            request.setAttribute("openId", user);
            chain.doFilter(request, response);
        }

        @Override
        public void destroy() {}
    }
}
