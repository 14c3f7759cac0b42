// A real shop would fetch this from its server.

const product = {
  busNo: 'product-1001',
  name: '明前龙井 250g',
  note: '今春头采，手工炒制',
  price: '129.00',
};

const order = {
  busNo: 'order-20260401-0007',
  item: product.name,
  quantity: 2,
  amount: '258.00',
  address: '杭州市西湖区龙井路 1 号',
};

const afterSale = {
  busNo: 'after-sale-0042',
  item: product.name,
  amount: order.amount,
};

const company = {
  busNo: 'company-310',
  name: '清和贸易有限公司',
  taxNumber: '91330100MA000000X0',
};

const identities = [
  { busNo: 'person-0', name: '个人' },
  { busNo: company.busNo, name: company.name },
  { busNo: 'company-311', name: '半山茶室' },
];

// In a real shop the server signs these with the merchant's key, for each payment.
const paymentParams = {
  timeStamp: '1775000000',
  nonceStr: 'example',
  package: 'prepay_id=example',
  signType: 'RSA',
  paySign: 'example',
};

module.exports = { product, order, afterSale, company, identities, paymentParams };
