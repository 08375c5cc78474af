const express = require('express');
const path = require('path');

const app = express();

app.set('view engine', 'ejs');
app.set('views', path.join(__dirname, 'views'));
app.use(express.json());

app.get('/health', (req, res) => {
  res.json({ status: 'ok' });
});

app.use('/products', require('./routes/products'));
app.use('/orders', require('./routes/orders'));
app.use('/invoice', require('./routes/invoice'));
app.use('/login', require('./routes/login'));
app.use('/report', require('./routes/report'));

const port = Number(process.env.PORT ?? 3000);
const server = app.listen(port, '127.0.0.1', (error) => {
  if (error) throw error;
  console.log(`shop listens on http://127.0.0.1:${server.address().port}`);
});
